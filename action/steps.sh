# shellcheck shell=bash
# Sourced by the steps of action.yml: what a step says to the runner. Text of others never becomes a command or an output of its own.

# shellcheck source=action/places.sh
. "${BASH_SOURCE[0]%/*}/places.sh"
workspace="${GITHUB_WORKSPACE:-$started}"
# Variables of the shell: only what needs one is given it.
export -n GITHUB_TOKEN AFTERBURNER_API_KEY

# escaped TEXT: text for the message of a workflow command.
escaped() {
  local text="${1//'%'/%25}"
  text="${text//$'\r'/%0D}"
  printf '%s' "${text//$'\n'/%0A}"
}

notice() { printf '::notice title=Afterburner::%s\n' "$(escaped "$1")"; }
warning() { printf '::warning title=Afterburner::%s\n' "$(escaped "$1")"; }

# fail CODE MESSAGE: ends the step; the message says what to do.
fail() {
  printf '::error title=Afterburner::%s\n' "$(escaped "$2")"
  exit "$1"
}

random() { od -An -N16 -tx1 /dev/urandom | tr -d ' \n'; }

# output NAME VALUE: an output of the step. Whatever the value holds, it cannot end itself and begin another output.
output() {
  local delimiter
  delimiter="end-$(random)"
  printf '%s<<%s\n%s\n%s\n' "$1" "$delimiter" "$2" "$delimiter" >>"$GITHUB_OUTPUT"
}

# event PATH: a value of the event's payload such as pull_request.head.sha; nothing where there is none.
# -I: a json.py in the repository under review is not imported.
event() {
  [ -s "${GITHUB_EVENT_PATH:-}" ] || return 0
  python3 -I -c '
import json, sys
value = json.load(open(sys.argv[1], encoding="utf-8"))
for part in sys.argv[2].split("."):
    value = value.get(part) if isinstance(value, dict) else None
print("" if value is None else "true" if value is True else "false" if value is False else value)
' "$GITHUB_EVENT_PATH" "$1"
}

is_hash() { [[ "$1" =~ ^[0-9a-f]{40}([0-9a-f]{24})?$ ]]; }

is_number() { [[ "$1" =~ ^[1-9][0-9]{0,8}$ ]]; }
