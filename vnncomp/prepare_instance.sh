#!/usr/bin/env bash
# prepare_instance.sh v1 CATEGORY NETWORK.onnx SPECIFICATION.vnnlib: exit status 0 when the instance can be run.
# Looks only: nothing is converted, started in the background or ended.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/arguments.sh"
arguments prepare_instance.sh "$@"
"${program[@]}" --version >/dev/null || { echo "provenn does not start; run install_tool.sh v1" >&2; exit 1; }
cat -- "$network" "$specification" >/dev/null
