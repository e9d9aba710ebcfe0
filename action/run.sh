#!/bin/bash
# Runs the mode that was asked for on what refs.sh found; writes outputs and the job's summary; decides about the exit code.
set -euo pipefail
self="$(LD_LIBRARY_PATH='' PATH=/usr/bin:/bin readlink -f -- "${BASH_SOURCE[0]}")"
. "${self%/*}/steps.sh"

run="$(mktemp -d "${RUNNER_TEMP:-/tmp}/afterburner-run.XXXXXX")"
errors="$(mktemp "${RUNNER_TEMP:-/tmp}/afterburner-errors.XXXXXX")"
if [ -n "${AFTERBURNER_API_KEY:-}" ]; then
  [[ "$AFTERBURNER_API_KEY" != *$'\n'* ]] || fail 2 "api-key: a key is one line."
  printf '::add-mask::%s\n' "$(escaped "$AFTERBURNER_API_KEY")"
fi
case "$INPUT_FAIL_ON" in never | regression) ;; *) fail 2 "fail-on: write never or regression." ;; esac

# As root where that costs nothing (hosted runners): only root may make the control groups that limit and measure a sandbox.
as=()
if [ "$(id -u)" != 0 ] && sudo -n true 2>/dev/null; then as=(sudo -n -E env "PATH=$PATH"); fi

# afterburner ARGUMENT...: runs it, and keeps what it said on standard error for the message of a failure.
afterburner() {
  local code=0
  "${as[@]}" "$root/afterburner" "$@" 2>"$errors" || code=$?
  sed 's/::/: :/g; s/##\[/# #[/g' "$errors"
  return "$code"
}

# quietly COMMAND...: its output is text of others, in which the runner is not to find commands.
quietly() {
  local token code=0
  token="$(random)"
  printf '::stop-commands::%s\n' "$token"
  "$@" || code=$?
  printf '\n::%s::\n' "$token"
  return "$code"
}

# Options by input; those that were not given are the configuration's.
options=()
given() { if [ -n "$2" ]; then options+=("$1=$2"); fi; }
common() {
  options=("--repo=$workspace" "--base=$REFS_BASE" "--head=$REFS_HEAD")
  if [ -n "$REFS_CONFIG" ]; then options+=("--config=$REFS_CONFIG"); fi
}

measured() {
  common
  options+=("--out=$run" --plain)
  given --objective "$INPUT_OBJECTIVE"
  given --budget "$INPUT_BUDGET"
  given --shard "$INPUT_SHARD"
}

# proposing: who suggests, and how often they are asked.
proposing() {
  given --iterations "$INPUT_ITERATIONS"
  local proposers proposer
  IFS=$', \t\n' read -r -d '' -a proposers <<<"$INPUT_PROPOSER" || true
  for proposer in "${proposers[@]}"; do
    # A transcript is named from the workspace, which the program does not start in.
    if [[ "$proposer" = replay:[!/]* ]]; then proposer="replay:$workspace/${proposer#replay:}"; fi
    options+=("--proposer=$proposer")
  done
}

# experience: recipes that people of this repository turn down are not asked. Where GitHub does not tell, all are.
experience() {
  [ -n "${GITHUB_TOKEN:-}" ] || return 0
  local stats
  stats="$(mktemp "${RUNNER_TEMP:-/tmp}/afterburner-stats.XXXXXX")"
  if (export GITHUB_TOKEN; "$root/afterburner" stats "$GITHUB_REPOSITORY" --pulls 30 "--out=$stats" >/dev/null 2>&1) && [ -s "$stats" ]; then options+=("--stats=$stats"); fi
}

review() {
  measured
  proposing
  experience
  (export AFTERBURNER_API_KEY; quietly afterburner review "${options[@]}")
}

# sweep: every function of the default branch, without a change.
sweep() {
  options=("--repo=$workspace" "--head=$REFS_HEAD" "--out=$run" --all --plain)
  if [ -n "$REFS_CONFIG" ]; then options+=("--config=$REFS_CONFIG"); fi
  given --objective "$INPUT_OBJECTIVE"
  given --budget "$INPUT_BUDGET"
  proposing
  experience
  (export AFTERBURNER_API_KEY; quietly afterburner optimize "${options[@]}")
}

# offer: one pull request with what the sweep proved.
offer() {
  options=("--sweep=$GITHUB_REPOSITORY")
  if [ -n "$REFS_CONFIG" ]; then options+=("--config=$REFS_CONFIG"); fi
  given --max-suggestions "$INPUT_MAX_SUGGESTIONS"
  (export GITHUB_TOKEN; afterburner publish "${options[@]}" -- "$run")
}

gate() {
  measured
  # Where nothing fails, nobody needs to be asked; a shard may not even be allowed to.
  if [ -n "$REFS_PULL_REQUEST" ] && [ -n "${GITHUB_TOKEN:-}" ] && [ "$INPUT_FAIL_ON" = regression ]; then options+=("--pr=$GITHUB_REPOSITORY#$REFS_PULL_REQUEST"); fi
  (export GITHUB_TOKEN; quietly afterburner gate "${options[@]}")
}

# begin: the gate's check is in progress, so that a branch can require it. A token that may not write checks changes nothing.
begin() {
  (export GITHUB_TOKEN; afterburner publish --begin "--pr=$GITHUB_REPOSITORY#$REFS_PULL_REQUEST" "--head=$REFS_HEAD") || true
  output begun true
}

# publish DIRECTORY...: it writes the job's summary and masks the token itself.
publish() {
  options=("--pr=$GITHUB_REPOSITORY#$REFS_PULL_REQUEST" "--fail-on=$INPUT_FAIL_ON")
  if [ -n "$REFS_CONFIG" ]; then options+=("--config=$REFS_CONFIG"); fi
  given --max-suggestions "$INPUT_MAX_SUGGESTIONS"
  (export GITHUB_TOKEN; afterburner publish "${options[@]}" -- "$@")
}

plan() {
  common
  given --shards "$INPUT_SHARDS"
  local json
  json="$("${as[@]}" "$root/afterburner" plan "${options[@]}" 2>"$errors")" || return
  output count "$(printf '%s' "$json" | python3 -I -c 'import json, sys; print(json.load(sys.stdin)["count"])')"
  output shards "$(printf '%s' "$json" | python3 -I -c 'import json, sys; print(json.dumps({"include": json.load(sys.stdin)["include"]}))')"
}

summary() { if [ -n "${GITHUB_STEP_SUMMARY:-}" ] && [ -f "$1" ]; then head -c 1000000 "$1" >>"$GITHUB_STEP_SUMMARY"; fi; }

# check CODE WHAT: ends the step unless the work was done. What went wrong is in the program's own last words.
check() {
  local said
  [ "$1" -ne 0 ] || return 0
  own_again
  results
  said="$(grep -a '^afterburner: ' "$errors" | tail -n 1 | head -c 2000)" || true
  case "$1" in
    2) fail 2 "${said:-$2 was asked for something that cannot be: see its log.} Check the inputs of the action and the configuration." ;;
    3) fail 3 "${said:-$2 could not run: see its log.} This is not a finding about the code." ;;
    130 | 143) fail "$1" "$2 was cancelled." ;;
    *) fail "$1" "$2 ended unexpectedly with exit code $1: see its log, and tell the maintainers." ;;
  esac
}

# slower: the end of a job whose change is proven slower, or not proven faster though it has to be, which nobody accepted.
slower() {
  local commit="${REFS_HEAD:0:12}"
  fail 1 "The gate proved a slowdown, or a gain that is required is not proven: see the summary. Make it faster, or have somebody with write permission comment on the pull request: /afterburner accept ${commit:-COMMIT}, and run this job again."
}

# What ran as root is handed back to who uploads it.
own_again() { if [ ${#as[@]} -gt 0 ]; then sudo -n chown -R "$(id -u):$(id -g)" "$run"; fi; }

# results [DIRECTORIES [HEAD]]: the outputs, also after a failure.
results() {
  local suggestions=0 regressions=0 best= faster=0
  { read -r suggestions && read -r regressions && read -r best && read -r faster; } < <(python3 -I "$root/action/run_directory.py" outputs "${1:-$run}" "${2:-}") || true
  output suggestions "${suggestions:-0}"
  output regressions "${regressions:-0}"
  output best-speedup "$best"
  output faster "${faster:-0}"
  output report-dir "$run"
}

finished() { [ -f "${1}report.json" ] || [ -f "${1}gate.json" ]; }

if [ -n "$REFS_SKIP" ]; then
  if [ "$INPUT_MODE" = plan ]; then output count 0; output shards '{"include": []}'; fi
  results
  exit 0
fi

case "$INPUT_MODE" in
  plan)
    code=0; plan || code=$?
    check "$code" "the plan"
    exit 0 ;;
  sweep)
    code=0; sweep || code=$?
    check "$code" "the sweep"
    summary "$run/report.md"
    if [ -n "${GITHUB_TOKEN:-}" ]; then
      code=0; offer || code=$?
      check "$code" "publishing"
    fi
    own_again
    results
    exit 0 ;;
  publish)
    # An artifact for each shard, and whatever of that shape lies beside them.
    mapfile -t runs < <(python3 -I "$root/action/run_directory.py" finished "$workspace" "$INPUT_RUN_DIRECTORY" "$REFS_HEAD")
    [ ${#runs[@]} -gt 0 ] || fail 2 "run-directory: there is no finished run (report.json or gate.json) in '$INPUT_RUN_DIRECTORY'."
    code=0; publish "${runs[@]}" || code=$?
    [ "$code" -eq 1 ] || check "$code" "publishing"
    results "$(printf '%s\n' "${runs[@]}")" "$REFS_HEAD"
    [ "$code" -eq 0 ] || slower
    exit 0 ;;
esac

# Review and gate are posted together: one comment, edited once.
verdict=0
if [ "$INPUT_MODE" != review ] && [ -n "$REFS_PULL_REQUEST" ] && [ -n "${GITHUB_TOKEN:-}" ] && [ -z "$INPUT_SHARD" ]; then begin; fi
if [ "$INPUT_MODE" != gate ]; then
  code=0; review || code=$?
  check "$code" "the review"
fi
if [ "$INPUT_MODE" != review ]; then gate || verdict=$?; fi
said="$(mktemp "${RUNNER_TEMP:-/tmp}/afterburner-errors.XXXXXX")"
cp "$errors" "$said"
if [ -n "$REFS_PULL_REQUEST" ] && [ -n "${GITHUB_TOKEN:-}" ] && [ -z "$INPUT_SHARD" ] && finished "$run/"; then
  code=0; publish "$run" || code=$?
  [ "$code" -eq 1 ] || check "$code" "publishing"
else
  summary "$run/gate.md"
  summary "$run/report.md"
  level=warning
  if [ "$verdict" -eq 1 ] && [ "$INPUT_FAIL_ON" = regression ]; then level=error; fi
  python3 -I "$root/action/run_directory.py" annotations "$run" "$level"
fi
# A gate that could not run takes nothing from the review; now its own words are the message.
errors="$said"
[ "$verdict" -eq 1 ] || check "$verdict" "the gate"
own_again
results
if [ "$verdict" -eq 1 ] && [ "$INPUT_FAIL_ON" = regression ]; then slower; fi
