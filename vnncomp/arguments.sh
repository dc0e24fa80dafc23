# What prepare_instance.sh and run_instance.sh share: sets network, specification, and program (PROVENN overrides).
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
read -ra program <<<"${PROVENN:-$root/.venv/bin/provenn}"

arguments() {  # NAME OF THE SCRIPT, then its arguments; fails when an instance cannot be run
    [ "${2:-}" = v1 ] || { echo "$1: expected version v1, got '${2:-}'" >&2; return 1; }
    network=$(present "$1" "${4:-}") && specification=$(present "$1" "${5:-}")
}

present() {  # the file itself, or the compressed one where only that is there
    for path in "$2" "$2.gz"; do
        [ -n "$2" ] && [ -r "$path" ] && [ -f "$path" ] && { printf '%s' "$path"; return 0; }
    done
    echo "$1: there is no readable file '$2'" >&2
    return 1
}
