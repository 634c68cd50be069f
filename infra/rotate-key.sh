#!/usr/bin/env bash
# Puts a new version of the code key beside the one in use, and drops all others:
#
#   infra/rotate-key.sh SECRET VERSION
#
# SECRET is the stack's output CodeKey, VERSION its parameter KeyVersion, the version in use.
# Functions learn of a new version when they meet it, and forget dropped ones within a quarter of
# an hour. The script prints what KeyVersion must be set to then; until that is done, nothing
# changes for anybody. No key is printed, and none is in the arguments of a process.
# Needs the AWS CLI with credentials, and jq.
set -euo pipefail

fail() {
    echo "$*" >&2
    exit 1
}

[ $# -eq 2 ] || fail "usage: $0 SECRET VERSION"
secret=$1 used=$2
umask 077
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

aws secretsmanager get-secret-value --secret-id "$secret" --query SecretString --output text >"$work/now"
jq -e --arg used "$used" 'has($used)' "$work/now" >"$work/has" ||
    fail "The secret does not hold version $used; nothing was changed."
newest=$(jq 'keys | map(tonumber) | max' "$work/now")
[ "$newest" -eq "$used" ] ||
    fail "Version $newest is there already: set KeyVersion to it. Nothing was changed."
[ "$newest" -lt 65535 ] || fail "There is no version after $newest; nothing was changed."
next=$((newest + 1))
head -c 32 /dev/urandom | base64 | tr -d '\n' >"$work/new"
jq --arg used "$used" --arg next "$next" --rawfile new "$work/new" \
    '{($used): .[$used], ($next): $new}' "$work/now" >"$work/then"
aws secretsmanager put-secret-value --secret-id "$secret" --secret-string "file://$work/then" \
    >"$work/answer"
printf 'The secret holds versions %d and %d. Now set KeyVersion to %d.\n' "$used" "$next" "$next"
