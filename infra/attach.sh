#!/usr/bin/env bash
# Lets a user pool that exists call the functions of a stack:
#
#   infra/attach.sh [--yes] [--replace] [--other-clients-stop] POOL STACK FILE
#
# Everything else of the pool stays as it is. What is about to change is shown, and asked for
# unless --yes is given. A trigger that calls another function already stops the script unless
# --replace is given. The functions refuse app clients that they are not configured for, so a client
# that is not the stack's stops the script as well, unless --other-clients-stop says that it may stop
# working. FILE keeps the triggers as they were; detach.sh takes it. It must not exist.
# Needs the AWS CLI with credentials, and jq.
set -euo pipefail
# shellcheck source=infra/pool.sh
. "$(dirname "$0")/pool.sh"

consent=ask
replace=no
stop=no
while [[ ${1:-} == --* ]]; do
    case $1 in
        --yes) consent=given ;;
        --replace) replace=yes ;;
        --other-clients-stop) stop=yes ;;
        *) fail "There is no option $1" ;;
    esac
    shift
done
[ $# -eq 3 ] || fail "usage: $0 [--yes] [--replace] [--other-clients-stop] POOL STACK FILE"
pool=$1 stack=$2 file=$3
[ ! -e "$file" ] || fail "$file exists; it may be what the pool has to be set back to."

before=$(describe "$pool")
own=$(function_arns "$stack" "$(jq -r .Arn <<<"$before")")
taken=$(jq -c --argjson own "$own" '.LambdaConfig // {} | with_entries(
    select($own[.key] != null and .value != $own[.key]))' <<<"$before")
if [ "$taken" != '{}' ] && [ "$replace" = no ]; then
    fail "These triggers call other functions: $taken. With --replace they are replaced."
fi
others=$(other_clients "$pool" "$stack")
if [ -n "$others" ] && [ "$stop" = no ]; then
    fail "Sign-ups, confirmations and custom sign-ins through these clients would fail from now on:
$others
With --other-clients-stop they may."
fi
jq --arg pool "$pool" --arg stack "$stack" \
    '{pool: $pool, stack: $stack, triggers: (.LambdaConfig // {})}' <<<"$before" >"$file"
triggers=$(jq --argjson own "$own" '(.LambdaConfig // {}) + $own' <<<"$before")
# Without a change there is nothing to take back.
if ! (change "$pool" "$before" "$triggers" "$consent"); then
    if [ "$(describe "$pool" | triggers_of)" = "$(triggers_of <<<"$before")" ]; then
        rm "$file"
    fi
    exit 1
fi
echo "Take it back with: infra/detach.sh $file"
