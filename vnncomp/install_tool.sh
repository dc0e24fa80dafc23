#!/usr/bin/env bash
# install_tool.sh v1: installs provenn and its checker into .venv of this repository.
set -euo pipefail
[ "${1:-}" = v1 ] || { echo "install_tool.sh: expected version v1, got '${1:-}'" >&2; exit 1; }
cd "$(dirname "${BASH_SOURCE[0]}")/.."
bash .ci/apt make ocaml-nox python3-venv
make --no-print-directory checker
.venv/bin/pip install -q --disable-pip-version-check onnxruntime ||
    echo "without onnxruntime, counterexamples are replayed once only" >&2
.venv/bin/provenn doctor
