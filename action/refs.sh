#!/bin/bash
# Finds out what is compared with what, fetches the commits that are missing, and takes the configuration from the base.
# Outputs: base, head (full hashes), pull-request (a number or nothing), config (a file or nothing), skip (why there is nothing to do).
# Everything that an event says is text of others: it is checked, passed as an argument, and never part of a command line.
set -euo pipefail
self="$(LD_LIBRARY_PATH='' PATH=/usr/bin:/bin readlink -f -- "${BASH_SOURCE[0]}")"
. "${self%/*}/steps.sh"

server="${GITHUB_SERVER_URL:-https://github.com}"
address="$server/${GITHUB_REPOSITORY:?}"
default="$(event repository.default_branch)"
default="${default:-main}"
base= head= pull=

# The repository's configuration may name hooks and helpers; none of them runs. The token stands in the environment of one
# fetch only: not in the configuration, and not in an argument. The empty value takes back what checkout may have set.
git_() { git -C "$workspace" -c safe.directory='*' -c core.hooksPath=/dev/null -c core.fsmonitor=false -c credential.helper= "$@"; }

fetch() {
  local basic=
  [ -n "${GITHUB_TOKEN:-}" ] && basic="AUTHORIZATION: basic $(printf 'x-access-token:%s' "$GITHUB_TOKEN" | base64 -w0)"
  GIT_TERMINAL_PROMPT=0 GIT_CONFIG_COUNT=2 \
    GIT_CONFIG_KEY_0="http.$server/.extraheader" GIT_CONFIG_VALUE_0= \
    GIT_CONFIG_KEY_1="http.$server/.extraheader" GIT_CONFIG_VALUE_1="$basic" \
    git_ fetch --quiet --no-tags --no-recurse-submodules --no-write-fetch-head --no-auto-maintenance "$@" 2>&1 | sed 's/^/git: /'
}

has() { git_ rev-parse --verify --quiet --end-of-options "$1^{commit}" >/dev/null; }
hash_of() { git_ rev-parse --verify --quiet --end-of-options "$1^{commit}"; }
shallow() { [ "$(git_ rev-parse --is-shallow-repository)" = true ]; }

# commit NAME: prints the hash of a commit that is there or can be fetched by its hash, its branch or its ref.
commit() {
  local name="$1" kept="refs/afterburner/named"
  if is_hash "$name"; then
    has "$name" || fetch ${depth:+"$depth"} "$address" "$name" >&2 || true
    hash_of "$name"
    return
  fi
  # A branch of the server comes before one that happens to lie here.
  if [[ "$name" != -* ]] && git_ check-ref-format --allow-onelevel "$name"; then
    if fetch ${depth:+"$depth"} "$address" "+$name:$kept" >&2; then hash_of "$kept"; return; fi
  fi
  hash_of "$name"
}

# deepen TEST...: fetches more history of a shallow clone until the test holds.
deepen() {
  local step
  for step in 50 200 1000 0; do
    "$@" && return
    shallow || return
    if [ "$step" = 0 ]; then fetch --unshallow "$address" "$head" || true
    else fetch --deepen="$step" "$address" "$head" ${base:+"$base"} || true; fi
  done
  "$@"
}

related() { git_ merge-base "$base" "$head" >/dev/null 2>&1; }
old_enough() { [ -n "$(git_ rev-list -1 --first-parent --before='24 hours ago' "$head")" ]; }

skip() {
  notice "$1"
  output skip "$1"
  exit 0
}

# The pull request of a commit: the open one of that branch whose head it is now. The event names none for branches and forks.
pull_of() {
  [ -n "${GITHUB_TOKEN:-}" ] || return 0
  GITHUB_TOKEN="$GITHUB_TOKEN" python3 -I "$root/action/pull_request.py" "$1" "$2" "$3" || warning "GitHub could not be asked for the pull request; nothing will be posted." >&2
}

branch_pull() { if [ -n "$head" ] && [[ "${GITHUB_REF:-}" = refs/heads/* ]]; then pull_of "${GITHUB_REPOSITORY%%/*}" "${GITHUB_REF#refs/heads/}" "$head"; fi; }

pull="$INPUT_PULL_REQUEST"
[ -z "$pull" ] || is_number "$pull" || fail 2 "pull-request: write the number of a pull request, for example 42."
case "$INPUT_MODE" in review | gate | review-and-gate | publish | plan | sweep) ;; *) fail 2 "mode: write review, gate, review-and-gate, publish, plan or sweep." ;; esac

# The commit that finished runs have to be about; nothing where it cannot be told.
published_head() {
  local found
  case "$GITHUB_EVENT_NAME" in
    pull_request_target) found="$(event pull_request.head.sha)" ;;
    workflow_run) found="$(event workflow_run.head_sha)" ;;
    *) found="$head" ;;
  esac
  # A pull request that was named has a head of its own.
  if [ -n "$INPUT_PULL_REQUEST" ] && [ -n "${GITHUB_TOKEN:-}" ]; then found="$(python3 -I "$root/action/pull_request.py" "$pull")" || found=; fi
  if is_hash "$found"; then printf '%s' "$found"; fi
}

# What a sweep proves is offered to the default branch, whose configuration counts: it is no matter of a change.
if [ "$INPUT_MODE" = sweep ]; then
  case "${GITHUB_EVENT_NAME:?}" in schedule | workflow_dispatch | repository_dispatch) ;; *) fail 2 "mode sweep goes with schedule or workflow_dispatch: it looks at the whole default branch, not at a change." ;; esac
  [ "${GITHUB_REF:-}" = "refs/heads/$default" ] || fail 2 "mode sweep looks at '$default': run the workflow there."
fi

from= forced=
case "${GITHUB_EVENT_NAME:?}" in
  pull_request)
    from="$(event pull_request.base.sha)" head="$(event pull_request.head.sha)" pull="${pull:-$(event number)}" ;;
  pull_request_target)
    [ "$INPUT_MODE" = publish ] ||
      fail 2 "pull_request_target runs with secrets, and code of a pull request must not: use pull_request, and for forks the two workflows fork-review.yml and fork-publish.yml."
    pull="${pull:-$(event number)}" ;;
  merge_group)
    from="$(event merge_group.base_sha)" head="$(event merge_group.head_sha)" ;;
  workflow_run)
    [ "$INPUT_MODE" = publish ] || fail 2 "workflow_run has the rights of the default branch: only mode publish belongs there."
    [ -n "$pull" ] || pull="$(pull_of "$(event workflow_run.head_repository.owner.login)" "$(event workflow_run.head_branch)" "$(event workflow_run.head_sha)")" ;;
  push)
    [ "$(event deleted)" != true ] || skip "The branch was deleted: there is nothing to compare."
    from="$(event before)" head="$(event after)" forced="$(event forced)" ;;
  *)
    head="${GITHUB_SHA:?}" ;;
esac
[ -z "$pull" ] || is_number "$pull" || pull=

config() {
  local file="${RUNNER_TEMP:-/tmp}/afterburner.yml" path="${INPUT_CONFIG:-.github/afterburner.yml}"
  : >"$file"
  if [ -n "$base" ] && git_ cat-file -e "$base:./$path" 2>/dev/null; then git_ show "$base:./$path" >"$file"
  # After workflow_run the workspace holds the default branch, or nothing.
  elif [ "$GITHUB_EVENT_NAME" = workflow_run ] && [ -f "$workspace/$path" ]; then cat -- "$workspace/$path" >"$file"
  elif [ "$path" != .github/afterburner.yml ]; then fail 2 "config: '$path' is not in the base commit; a configuration counts once it is merged."
  fi
  output config "$file"
}

if [ "$INPUT_MODE" = publish ] && [ -z "$from" ]; then
  if [ -z "$pull" ]; then pull="$(branch_pull)"; fi
  [ -n "$pull" ] || skip "There is no open pull request with that head: nothing is posted."
  config
  output head "$(published_head)"
  output pull-request "$pull"
  exit 0
fi

git_ rev-parse --git-dir >/dev/null 2>&1 || fail 2 "there is no repository in the workspace: put actions/checkout before this step."
depth=
if shallow; then depth=--depth=50; fi
head="$(commit "${INPUT_HEAD:-$head}")" || fail 2 "head: '${INPUT_HEAD:-the commit of the event}' is not in the repository."
if [ "$INPUT_MODE" = sweep ]; then
  base="$head"
  config
  output base "$base"
  output head "$head"
  output pull-request ""
  exit 0
fi
if [ -n "$INPUT_BASE" ]; then
  base="$(commit "$INPUT_BASE")" || fail 2 "base: '$INPUT_BASE' is not in the repository."
elif is_hash "$from" && [[ "$from" =~ [^0] ]] && { [ "$forced" != true ] || [ "${GITHUB_REF:-}" = "refs/heads/$default" ]; }; then
  base="$(commit "$from")" || base=
elif [ "$GITHUB_EVENT_NAME" = schedule ]; then
  deepen old_enough || true
  base="$(git_ rev-list -1 --first-parent --before='24 hours ago' "$head")"
  [ -n "$base" ] || skip "The branch has no commit that is a day old: there is nothing to compare with. Name a ref with base."
  [ "$base" != "$head" ] || skip "Nothing was committed since yesterday."
fi
# A new branch, one whose history was rewritten, or any other event: what it adds to the default branch.
if [ -z "$base" ]; then
  base="$(commit "refs/heads/$default")" || fail 2 "the default branch '$default' could not be read: give the job contents: read, or name a base."
fi
deepen related || true
related || fail 2 "base and head have no common commit: name a base that the branch started from."
[ "$(git_ merge-base "$base" "$head")" != "$head" ] || skip "The branch adds nothing to its base: there is nothing to compare."

if [ -z "$pull" ] && [[ "$INPUT_MODE" = *review* ]]; then pull="$(branch_pull)"; fi
config
output base "$base"
output head "$head"
output pull-request "$pull"
