#!/bin/sh
# The harness of languages whose code is known by commands alone: it runs the repository's own tests and tells how they ended.
# AFTERBURNER_TESTS: a command line. AFTERBURNER_JUNIT: files that it writes, by JUnit's form; may be empty.
# Standard output belongs to the answer; what the command prints goes into a file, of which the end is told.
exec 3>&1 1>&2
if [ "$1" != tests ]; then
    printf '{"type": "error", "message": "this language has no %s"}\n' "$1" >&3
    exit 1
fi
printed="$(mktemp)"
printf '{"type": "started", "id": "tests"}\n' >&3
if /bin/sh -c "$AFTERBURNER_TESTS" > "$printed" 2>&1 3>&- < /dev/null; then outcome=passed; else outcome=failed; fi
told=
for file in $AFTERBURNER_JUNIT; do
    if [ -f "$file" ] && [ ! -L "$file" ]; then
        told=yes
        printf '{"type": "junit", "report": "%s"}\n' "$(base64 -w 0 < "$file")" >&3
    fi
done
if [ -n "$AFTERBURNER_JUNIT" ] && [ -z "$told" ]; then
    printf 'There is no file %s, which languages.*.junit names.\n' "$AFTERBURNER_JUNIT" >> "$printed"
    outcome=failed
fi
printf '{"type": "outcome", "id": "tests", "outcome": "%s", "printed": "%s"}\n' "$outcome" "$(tail -c 2000 "$printed" | base64 -w 0)" >&3
printf '{"type": "done"}\n' >&3
