#!/usr/bin/env bash
# Sourced by ./afterburner and ./test, after places.sh: installs what is missing, once, and says the exact command where it may not.
# Everything it installs comes from Debian's packages, NuGet or npm; nothing is downloaded from anywhere else.

say() { printf 'afterburner: %s\n' "$*" >&2; }

# need_packages PACKAGE...: Debian packages, when a package manager and the rights are there.
need_packages() {
  local missing=() name
  for name in "$@"; do
    dpkg-query -W -f='${Status}' "$name" 2>/dev/null | grep -q 'ok installed' || missing+=("$name")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  local as=()
  if [ "$(id -u)" != 0 ]; then
    if sudo -n true 2>/dev/null; then as=(sudo -n); else as=(false); fi
  fi
  if ! command -v apt-get >/dev/null || [ "${as[0]:-}" = false ]; then
    say "missing: ${missing[*]}. Run: sudo apt-get install -y ${missing[*]}"
    return 1
  fi
  say "installing ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  { "${as[@]}" apt-get install -y --no-install-recommends "${missing[@]}" ||
    { "${as[@]}" apt-get update && "${as[@]}" apt-get install -y --no-install-recommends "${missing[@]}"; }; } >/dev/null 2>&1 ||
    { say "could not install: ${missing[*]}. Run: sudo apt-get install -y ${missing[*]}"; return 1; }
}

# need_npm FOLDER: what its lock file pins; install scripts are not run.
need_npm() {
  local folder="$root/$1"
  [ "$folder/node_modules/.package-lock.json" -nt "$folder/package-lock.json" ] && return 0
  command -v npm >/dev/null || { say "npm is missing. Install Node.js 20 or later, then run: npm ci --ignore-scripts --prefix $1"; return 1; }
  say "installing what $1/package-lock.json pins"
  npm ci --ignore-scripts --no-audit --no-fund --prefix "$folder" >/dev/null 2>"$root/artifacts/npm.log" ||
    { say "npm failed: $(tail -n 3 "$root/artifacts/npm.log"). Run: npm ci --ignore-scripts --prefix $1"; return 1; }
  touch "$folder/node_modules/.package-lock.json"
}

# need_build PROJECT OUTPUT [OPTION...]: builds when a source is newer than what was built, with the packages of the lock files alone.
# With an option (llama.cpp) the packages are others, for which no lock file is kept.
need_build() {
  local project="$root/$1" output="$root/artifacts/bin/$2"
  if [ -f "$output" ] && [ -z "$(find "$root/src" "$root/tests" "$root/models" "$root"/Directory.* "$root/global.json" -newer "$output.stamp" \
      \( -name '*.cs' -o -name '*.csproj' -o -name '*.props' -o -name '*.targets' -o -name '*.py' -o -name '*.yml' -o -name '*.md' -o -name '*.css' -o -name '*.razor' -o -name '*.js' -o -name '*.cjs' -o -name '*.json' -o -name '*.txt' \) \
      -print -quit 2>/dev/null || echo stale)" ]; then return 0; fi
  command -v dotnet >/dev/null || { say "the .NET 10 SDK is missing. Install it (package dotnet-sdk-10.0), then run this again"; return 1; }
  say "building $1 (once)"
  local started="$root/artifacts/.build-started"
  touch "$started"
  # NuGet makes the user's configuration on its first use; Directory.Build.props may ask for that one alone.
  [ -f "${DOTNET_CLI_HOME:-${HOME:-}}/.nuget/NuGet/NuGet.Config" ] || (cd / && dotnet nuget list source >/dev/null) || true
  local packages=(-p:RestoreLockedMode=true)
  if [ $# -gt 2 ]; then packages=("${@:3}"); fi
  dotnet build "$project" "${packages[@]}" -c Release -v quiet -clp:ErrorsOnly --nologo >&2 || { say "the build failed"; return 1; }
  touch -r "$started" "$output.stamp"
}
