"""The third-party cases of vnnlib-satisfactory: right, or refused with a code; never wrong.

Each case is a small ONNX network with a VNN-LIB 2.0 query, its verdict and the reason for it.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pytest

import provenn
from provenn.errors import ProvennError, UnsupportedError

pytest.importorskip("vnntest", reason="vnnlib-satisfactory is not installed")
DECIDED_AT_LEAST = 150
# Their networks jump; they are decided about runs in binary32, flushed operands included.
JUMPING = {"cast01", "cast03", "equal01", "equal03", "equal05", "where01", "where03", "where05"}
# Asks for a share below 0: the smallest one, e^-2000, is no binary64 number, and the checker reads < as <=.
TINY = {"softmax/softmax01"}
LIMIT = 10.0


def cases() -> list[Any]:
    """All cases of the full suite; building them warns about other packages' deprecations."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from vnntest.core.registry import get_cases

        return list(get_cases(suite="full"))


def answer(case: Any, folder: Path) -> str:
    """The answer of provenn, or the code of its error."""
    import onnx

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        onnx.save(case.build_onnx_model(), str(folder / f"{case.id}.onnx"))
    spec = case.build_vnnlib_spec()
    text = spec if isinstance(spec, str) else "\n".join(spec)
    (folder / f"{case.id}.vnnlib").write_text(text + "\n")
    try:
        files = folder / f"{case.id}.onnx", folder / f"{case.id}.vnnlib"
        return provenn.verify(*files, timeout=LIMIT).answer
    except ProvennError as e:
        assert isinstance(e, UnsupportedError) or e.code.startswith(("PNN-ONNX", "PNN-VNNLIB")), e
        return e.code


def test_no_case_is_answered_wrongly(tmp_path: Path, checker_program: Path) -> None:
    right, jumped, other = 0, 0, []
    for case in cases():
        expected, said = (case.expected_output() or "unknown").lower(), answer(case, tmp_path)
        if case.id in JUMPING:
            assert said == "unsat", case.id
            jumped += 1
        assert {said, expected} != {"sat", "unsat"}, f"{case.id}: {said}; {case.unexpected_result_message()}"
        right += said == expected
        other += [] if said == expected else [f"{case.node_type}/{case.id}: {said}"]
    print(f"{right} right; " + ", ".join(other))
    assert right >= DECIDED_AT_LEAST
    assert jumped == len(JUMPING)
    late = {line.split(":")[0] for line in other if line.endswith((": timed-out", ": unknown"))}
    assert late <= TINY, late
