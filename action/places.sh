# shellcheck shell=bash
# Sourced by every script before it starts a program: sets root and started, cleans PATH, and leaves the caller's folder.
# That folder may be the checkout of a pull request. What lies in it (a program, a module, a configuration) must not become
# ours, also not where PATH holds '.', an empty entry, or a folder of the checkout. The same rules as in ProgramPath.cs.

# real DIRECTORY: as the kernel resolves it; fails where there is none.
real() { (unset CDPATH && cd -P -- "$1" 2>/dev/null && pwd -P); }

started="$PWD"
distrusted=()
if [ -n "${GITHUB_WORKSPACE:-}" ] && at="$(real "$GITHUB_WORKSPACE")"; then distrusted+=("$at"); fi
# distrust DIRECTORY: every checkout above. A home that is one (of settings) stays trusted: people keep their programs there.
distrust() {
  local at
  at="$(real "$1")" || return 0
  while [ "$at" != / ]; do
    if [ -e "$at/.git" ] && [ "$at" != "$(real "${HOME:-/}")" ]; then distrusted+=("$at"); fi
    at="${at%/*}" at="${at:-/}"
  done
}
distrust .
# The repository that the program is told to open is one too, wherever it is started.
word=
for next in "$@"; do
  case "$word=$next" in
    --repo=*) distrust "$next" ;;
    *=--repo=* | *=--repo:*) distrust "${next#--repo?}" ;;
  esac
  word="$next"
done

# trusted LIST: its absolute entries outside of checkouts, links resolved; separated by colons, as in PATH.
trusted() {
  local rest="$1:" entry place kept=
  while [ -n "$rest" ]; do
    entry="${rest%%:*}" rest="${rest#*:}"
    [[ "$entry" = /* ]] && entry="$(real "$entry")" || continue
    for place in "${distrusted[@]}"; do
      if [ "$place" != / ] && [[ "$entry/" = "$place"/* ]]; then continue 2; fi
    done
    [[ "$kept:" = *":$entry:"* ]] || kept+=":$entry"
  done
  printf '%s' "${kept#:}"
}

PATH="$(trusted "$PATH")"
export PATH="${PATH:-/usr/local/bin:/usr/bin:/bin}"
if [ -n "${LD_LIBRARY_PATH+set}" ]; then
  LD_LIBRARY_PATH="$(trusted "$LD_LIBRARY_PATH")"
  [ -n "$LD_LIBRARY_PATH" ] || unset LD_LIBRARY_PATH
fi
here="${BASH_SOURCE[0]%/*}"
root="$(real "$here/..")"
cd -- "$root"
