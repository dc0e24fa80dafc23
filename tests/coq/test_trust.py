"""What the headline theorem rests on, as Coq said when it was last asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from provenn.coq import trust

# Axioms of Coq's reals, and primitive integers and floats with their specification.
ALLOWED = ("ClassicalDedekindReals.", "FunctionalExtensionality.", "Classical_Prop.", "Eqdep.", "PrimFloat.",
           "FloatAxioms.", "FloatOps.", "FloatClass.", "PrimInt63.", "Uint63.", "Sint63.", "SpecFloat.")
KERNEL = {"float", "int"}


def test_the_theorem_rests_on_the_standard_axioms_only() -> None:
    names = trust.assumptions()
    assert names, "nothing is recorded: run make trust"
    strange = [n for n in names if not n.startswith(ALLOWED) and n not in KERNEL]
    assert not strange, f"not on the allow-list: {strange}"


def test_the_record_is_about_the_headline_theorem() -> None:
    assert trust.record().startswith("check_sound\n")


def test_trust_md_is_current(repository: Path) -> None:
    assert (repository / "TRUST.md").read_text() == trust.markdown(), "run make trust"


def test_names_are_found_in_either_layout(monkeypatch: pytest.MonkeyPatch) -> None:
    said = "x\nAxioms:\nA.b : T\nLong.name\n  : forall x : nat,\n    x = x\nc\n  : int\n"
    monkeypatch.setattr(trust, "record", lambda: said)
    assert trust.assumptions() == ["A.b", "Long.name", "c"]
