#!/bin/bash
# Runs after everything else, also after a failure and when the job is cancelled: a check of the gate that is still in progress says that the gate came to nothing,
# since nobody else would ever end it. One that has its conclusion stays as it is.
set -euo pipefail
self="$(LD_LIBRARY_PATH='' PATH=/usr/bin:/bin readlink -f -- "${BASH_SOURCE[0]}")"
. "${self%/*}/steps.sh"

(export GITHUB_TOKEN; "$root/afterburner" publish "--broken=The job ended before the gate did: its log says why." "--pr=$GITHUB_REPOSITORY#$REFS_PULL_REQUEST" "--head=$REFS_HEAD") ||
  warning "The check of the gate may still be in progress on the pull request: run this job again."
