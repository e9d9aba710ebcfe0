#!/bin/bash
# publish.sh VERSION FOLDER: commits FOLDER/release.json on top of the tag's commit, on branch releases/vVERSION, and publishes what lies in
# FOLDER. The tag's own commit cannot name the checksums of what is built from it; the commit above it can, and is what others pin.
set -euo pipefail
self="$(LD_LIBRARY_PATH='' PATH=/usr/bin:/bin readlink -f -- "${BASH_SOURCE[0]}")"
. "${self%/*}/version.sh"
tag="v$version" branch="releases/v$version"
server="${GITHUB_SERVER_URL:-https://github.com}" repository="${GITHUB_REPOSITORY:?OWNER/NAME of the repository is needed}"
folder="$(cd -- "$started" && cd -- "${2:?the folder of the archives is needed}" && pwd)"

# The same commit when this is run again: its time is that of the commit below it.
date="$(git log -1 --format=%cI "$tag^{commit}")"
git checkout --quiet --detach "$tag^{commit}"
cp "$folder/release.json" action/release.json
git add action/release.json
GIT_AUTHOR_DATE="$date" GIT_COMMITTER_DATE="$date" git -c user.name='github-actions[bot]' \
  -c user.email='41898282+github-actions[bot]@users.noreply.github.com' commit --quiet -m "Release $version: what the action downloads"
commit="$(git rev-parse HEAD)"

# The token stands in the environment of one push only.
basic="AUTHORIZATION: basic $(printf 'x-access-token:%s' "${GH_TOKEN:?a token that may write contents is needed}" | base64 -w0)"
GIT_TERMINAL_PROMPT=0 GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0="http.$server/.extraheader" GIT_CONFIG_VALUE_0="$basic" \
  git push --quiet "$server/$repository" "HEAD:refs/heads/$branch"

cp "$folder/notes.md" "$folder/../notes-$version.md"
printf '\n```yaml\n- uses: %s@%s # %s\n```\n\nChecksums: `SHA256SUMS`. Where an archive comes from: `gh attestation verify FILE --repo %s`.\n' \
  "$repository" "$commit" "$tag" "$repository" >>"$folder/../notes-$version.md"
kind=(--latest)
case "$version" in *-*) kind=(--prerelease) ;; esac
gh release create "$tag" --repo "$repository" --verify-tag --title "$tag" --notes-file "$folder/../notes-$version.md" "${kind[@]}" \
  "$folder"/afterburner-* "$folder/SHA256SUMS" "$folder/release.json"
