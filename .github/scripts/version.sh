# shellcheck shell=bash
# Sourced by the scripts of a release, after arguments began with VERSION: sets version, and cleans the environment.
case "$(uname -s)" in Linux) ;; *) echo "releases are made on Linux" >&2; exit 2 ;; esac
. "${BASH_SOURCE[0]%/*}/../../action/places.sh"
version="${1:-}"
number='(0|[1-9][0-9]*)'
[[ "$version" =~ ^$number\.$number\.$number(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$ ]] || {
  echo "'$version' is no version: push a tag such as v1.2.0 or v1.2.0-rc.1" >&2
  exit 2
}
