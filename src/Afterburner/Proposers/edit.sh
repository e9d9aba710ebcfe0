# Runs a command line ($1) in the copy of a workspace, with the prompt as its input, and tells what it left: of the file at $2 the content, of others the names.
# What lies in /out may be of that line as well: it is read as what a stranger proposes, and nothing else of the copy is ever taken.
command -v diff >/dev/null || { echo "the sandbox lacks diff" >&2; exit 125; }
cd /work && cp -- /given/file "$2" || exit 125
sh -c "$1"
echo "$?" >/out/status
exec </dev/null
LC_ALL=C diff -r -q --no-dereference /before /work >/out/changed 2>/dev/null
echo "$?" >/out/compared
if [ -f "$2" ] && [ ! -L "$2" ]; then head -c 4000000 -- "$2" >/out/file; fi
exit 0
