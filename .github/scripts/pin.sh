#!/bin/bash
# pin.sh VERSION FOLDER: puts beside the archives in FOLDER SHA256SUMS, release.json (what action/install.sh compares a download with)
# and notes.md (what .github/CHANGELOG.md says of VERSION). Says where the list of what they are made of lies: output sbom.
set -euo pipefail
self="$(LD_LIBRARY_PATH='' PATH=/usr/bin:/bin readlink -f -- "${BASH_SOURCE[0]}")"
. "${self%/*}/version.sh"
server="${GITHUB_SERVER_URL:-https://github.com}" repository="${GITHUB_REPOSITORY:?OWNER/NAME of the repository is needed}"
cd -- "$started"
cd -- "${2:?the folder of the archives is needed}"

awk -v heading="## $version" '/^## / { on = ($0 == heading || index($0, heading " ") == 1); next } on' "$root/.github/CHANGELOG.md" >notes.md
grep -q '[^[:space:]]' notes.md || { echo ".github/CHANGELOG.md has no section '## $version': write it, and move the tag" >&2; exit 2; }

digest() { sha256sum "afterburner-$version-$1.tar.gz" | cut -d' ' -f1; }
x64="$(digest linux-x64)" arm64="$(digest linux-arm64)"
printf '{\n  "version": "%s",\n  "url": "%s",\n  "sha256": {\n    "linux-x64": "%s",\n    "linux-arm64": "%s"\n  }\n}\n' \
  "$version" "$server/$repository/releases/download/v{version}/afterburner-{version}-{rid}.tar.gz" "$x64" "$arm64" >release.json
sha256sum afterburner-* >SHA256SUMS
printf 'sbom=%s\n' "$PWD/afterburner-$version.cdx.json" >>"${GITHUB_OUTPUT:-/dev/null}"
