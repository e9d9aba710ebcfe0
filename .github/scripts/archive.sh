#!/bin/bash
# archive.sh VERSION RID FOLDER: makes FOLDER/afterburner-VERSION-RID.tar.gz, the program and all it needs, as action/install.sh
# takes it; and FOLDER/afterburner-VERSION.cdx.json, what it is made of (CycloneDX).
set -euo pipefail
self="$(LD_LIBRARY_PATH='' PATH=/usr/bin:/bin readlink -f -- "${BASH_SOURCE[0]}")"
. "${self%/*}/version.sh"
rid="${2:-}" folder="$(cd -- "$started" && realpath -m -- "${3:?a folder for the archive is needed}")"
case "$rid" in
  linux-x64 | linux-arm64) ;;
  *) echo "'$rid' is no kind of machine that is released: linux-x64 or linux-arm64" >&2; exit 2 ;;
esac
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
mkdir -p "$folder"

# Nothing is shared with the builds of this checkout. First as the lock files say, which compares the packages' hashes.
options=(-v quiet --nologo "-p:ArtifactsPath=$work/artifacts" -p:RunAnalyzers=false -p:EnforceCodeStyleInBuild=false)
dotnet restore src/Afterburner.Cli -p:RestoreLockedMode=true "${options[@]}"
dotnet tool restore >/dev/null
dotnet tool run dotnet-CycloneDX -- src/Afterburner.Cli/Afterburner.Cli.csproj --disable-package-restore \
  --base-intermediate-output-path "$work/artifacts/obj" --set-name afterburner --set-version "$version" \
  --output-format Json --output "$folder" --filename "afterburner-$version.cdx.json" >"$work/sbom.log" || { cat "$work/sbom.log" >&2; exit 1; }

# Then for that kind of machine (analyzers have judged the code in CI), which has
# lock files of its own: they may name what was compared, and nothing else.
dotnet publish src/Afterburner.Cli -c Release -r "$rid" --self-contained -p:DebugType=none -p:PublishDocumentationFiles=false \
  "-p:Version=$version" -o "$work/program" "${options[@]}"
python3 -I - "$work/artifacts/locks" "$rid" <<'PYTHON'
import json, sys

def packages(path):
    targets = json.load(open(path, encoding="utf-8"))["dependencies"].values()
    return {(name, p["resolved"], p["contentHash"]) for target in targets for name, p in target.items() if "contentHash" in p}

for project in ["Afterburner", "Afterburner.Cli"]:
    others = packages(f"{sys.argv[1]}/{project}-{sys.argv[2]}.json") - packages(f"src/{project}/packages.lock.json")
    if others:
        sys.exit(f"{project} for {sys.argv[2]} takes packages that its lock file does not name: {sorted(others)}")
PYTHON

if [ "$(uname -m)" = "$(case "$rid" in linux-x64) echo x86_64 ;; *) echo aarch64 ;; esac)" ]; then
  said="$("$work/program/Afterburner.Cli" --version)"
  [ "$said" = "$version" ] || { echo "the program says that it is '$said', not '$version'" >&2; exit 1; }
fi
# What the archive says of files does not depend on when and by whom it was made.
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 -C "$work/program" -cf - . | gzip -n >"$folder/afterburner-$version-$rid.tar.gz"
