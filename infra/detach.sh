#!/usr/bin/env bash
# Takes back what attach.sh did to a user pool:
#
#   infra/detach.sh [--yes] FILE
#
# FILE is the one that attach.sh wrote. Triggers that call the stack's functions call again what
# they called before, or nothing; triggers that somebody else has changed since stay as they are,
# as does everything else of the pool. What is about to change is shown, and asked for unless
# --yes is given. Needs the AWS CLI with credentials, and jq.
set -euo pipefail
# shellcheck source=infra/pool.sh
. "$(dirname "$0")/pool.sh"

consent=ask
if [ "${1:-}" = --yes ]; then
    consent=given
    shift
fi
[ $# -eq 1 ] || fail "usage: $0 [--yes] FILE"
file=$1
pool=$(jq -er .pool "$file")
stack=$(jq -er .stack "$file")

before=$(describe "$pool")
own=$(function_arns "$stack" "$(jq -r .Arn <<<"$before")")
triggers=$(jq --argjson own "$own" --slurpfile file "$file" '
    (.LambdaConfig // {}) as $now
    | ($now | with_entries(select($own[.key] == null or .value != $own[.key]))) as $others
    | ($file[0].triggers | with_entries(select($own[.key] != null and $now[.key] == $own[.key])))
        as $earlier
    | $others + $earlier' <<<"$before")
change "$pool" "$before" "$triggers" "$consent"
