#!/bin/bash
# First step of action.yml: which of the tools that a build needs are missing.
set -euo pipefail
self="$(LD_LIBRARY_PATH='' PATH=/usr/bin:/bin readlink -f -- "${BASH_SOURCE[0]}")"
. "${self%/*}/steps.sh"

[ "$(uname -s)" = Linux ] || fail 3 "Afterburner runs on Linux only, because its sandboxes do: set runs-on to a Linux runner."

# --list-sdks prints "10.0.401 [path]".
if dotnet --list-sdks 2>/dev/null | grep -q '^10\.'; then output dotnet present; else output dotnet missing; fi
if command -v npm >/dev/null; then output npm present; else output npm missing; fi
