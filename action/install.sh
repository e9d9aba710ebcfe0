#!/bin/bash
# Gets the program: the released binary that action/release.json names, when its checksum is right, else a build of this checkout.
# action/release.json: {"version": "1.2.0", "url": "https://HOST/PATH-{version}-{rid}.tar.gz", "sha256": {"linux-x64": "..."}};
# the archive holds the program Afterburner.Cli at its root.
set -euo pipefail
self="$(LD_LIBRARY_PATH='' PATH=/usr/bin:/bin readlink -f -- "${BASH_SOURCE[0]}")"
. "${self%/*}/steps.sh"

release="$root/action/release.json"
case "$(uname -m)" in
  x86_64) rid=linux-x64 ;;
  aarch64 | arm64) rid=linux-arm64 ;;
  *) rid=linux-unknown ;;
esac

# Prints address and checksum for this kind of machine, or nothing.
pinned() {
  python3 -I -c '
import json, re, sys
release = json.load(open(sys.argv[1], encoding="utf-8"))
digest = release.get("sha256", {}).get(sys.argv[2], "")
if re.fullmatch("[0-9a-f]{64}", digest):
    print(release["url"].format(version=release["version"], rid=sys.argv[2]), digest)
' "$release" "$rid"
}

# download ADDRESS FILE: https, or plain http from this machine itself.
download() {
  local protocols='=https'
  [[ "$1" =~ ^http://(127\.0\.0\.1|localhost|\[::1\])(:[0-9]+)?/ ]] && protocols='=http'
  curl --fail --silent --show-error --location --proto "$protocols" --proto-redir "$protocols" --max-time 300 \
    --max-filesize 500000000 --output "$2" -- "$1"
}

# Sets binary when the release can be had and is what was pinned.
from_release() {
  local address digest folder
  [ -f "$release" ] || return 0
  read -r address digest < <(pinned) || true
  [ -n "${digest:-}" ] || { echo "There is no release for $rid: building."; return 0; }
  # Below the checkout: from there the program finds ast-grep, which action/tools pins.
  folder="$root/artifacts/release"
  rm -rf "$folder" && mkdir -p "$folder"
  if ! download "$address" "$folder/archive.tar.gz"; then
    warning "The release could not be downloaded; Afterburner is built from its sources instead, which takes longer."
  elif [ "$(sha256sum "$folder/archive.tar.gz" | cut -d' ' -f1)" != "$digest" ]; then
    printf '::error title=Afterburner::%s\n' "$(escaped "The release at $address is not the one this version pins: its checksum is wrong. It was not unpacked; Afterburner is built from its sources instead. Tell the maintainers.")"
  elif tar -xzf "$folder/archive.tar.gz" -C "$folder" --no-same-owner && [ -x "$folder/Afterburner.Cli" ]; then
    binary="$folder/Afterburner.Cli"
  else
    warning "The release could not be unpacked; Afterburner is built from its sources instead."
  fi
}

binary=
from_release
output binary "$binary"
# The launcher installs ast-grep and the sandbox, and builds where there is no binary: here, so that it shows as a step of its own.
AFTERBURNER_BINARY="$binary" "$root/afterburner" --version ||
  fail 3 "Afterburner could not be built: the lines above say which command installs what is missing."
