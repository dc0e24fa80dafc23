#!/usr/bin/env bash
# run_instance.sh v1 CATEGORY NETWORK.onnx SPECIFICATION.vnnlib RESULTS TIMEOUT
# RESULTS gets sat and a counterexample, unsat, unknown, timeout or error; it appears whole or not at all.
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/arguments.sh"
arguments run_instance.sh "$@" || exit 1
results=${5:-} limit=${6:-}
[[ -n $results && $limit =~ ^[0-9]+([.][0-9]+)?$ ]] ||
    { echo "run_instance.sh: expected a results file and seconds, got '$results' and '$limit'" >&2; exit 1; }

room=$(mktemp -d)
child=
trap 'rm -rf "$room"' EXIT
finish() {  # writes what it is given to the results file
    cat >"$results.passing" && mv -f -- "$results.passing" "$results"
}
stopped() {
    [ -n "$child" ] && kill -TERM "$child" 2>/dev/null
    echo timeout | finish
    exit 0
}
trap stopped TERM INT HUP

# The competition asks about exact arithmetic. A second and a fiftieth of the time are for starting and writing.
inner=$(awk -v t="$limit" 'BEGIN { s = t - 1 - t / 50; print (s > t / 2 ? s : t / 2) }')
timeout -k 2 "$limit" "${program[@]}" verify "$network" "$specification" --semantics real --timeout "$inner" \
    >"$room/said" 2>"$room/told" </dev/null &
child=$!
wait "$child"
status=$?
cat -- "$room/told" >&2
answer=$(head -n 1 "$room/said")
case $status:$answer in
    0:sat) { echo sat; sed -n '/^((X_0 /,$p' "$room/said"; } | finish ;;
    0:unsat | 0:unknown) echo "$answer" | finish ;;
    0:timed-out | 124:* | 137:*) echo timeout | finish ;;
    *) echo error | finish ;;
esac
