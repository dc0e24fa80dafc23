"""What the headline theorem rests on, as Coq said when it was last asked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from provenn.coq import links, trust
from provenn.ir.op import Have, Zero
from provenn.ops import ALL

THEOREMS = trust.VERDICTS + trust.GRADIENTS + trust.WEIGHTS
CLOSED = "Closed under the global context"


@pytest.mark.parametrize("theorem", THEOREMS)
def test_the_theorems_rest_on_the_standard_axioms_only(theorem: str) -> None:
    assert trust.assumptions(theorem) or CLOSED in trust.about(theorem), "nothing is recorded: run make trust"
    assert trust.foreign(theorem) == []
    assert "no axiom is our own" in trust.claim(theorem)
    assert trust.statement(theorem).startswith(theorem)


def test_unproved_lemmas_are_said_aloud(monkeypatch: pytest.MonkeyPatch) -> None:
    said = "".join(f"{theorem}\nAxioms:\nOurs.lemma : False\n" for theorem in trust.VERDICTS)
    monkeypatch.setattr(trust, "record", lambda: said)
    assert trust.foreign() == ["Ours.lemma"]
    assert "The proof is not finished" in trust.markdown()


def test_the_record_is_about_the_headline_theorems(repository: Path) -> None:
    asked = (repository / "src" / "provenn" / "coq" / "headlines.v").read_text()
    assert trust.record().startswith("check_sound\n")
    names = re.findall(r"^Print Assumptions (\S+)\.$", asked, re.MULTILINE)
    assert sorted(names) == sorted(THEOREMS)


def test_trust_md_is_current(repository: Path) -> None:
    assert (repository / "TRUST.md").read_text() == trust.markdown(), "run make trust"


def test_names_are_found_in_either_layout(monkeypatch: pytest.MonkeyPatch) -> None:
    said = "check_sound\nAxioms:\nA.b : T\nLong.name\n  : forall x : nat,\n    x = x\nc\n  : int\n"
    monkeypatch.setattr(trust, "record", lambda: said)
    assert trust.assumptions() == ["A.b", "Long.name", "c"]


def test_links_v_is_current(repository: Path) -> None:
    facets = [getattr(op, name) for op in ALL.values() for name in trust.FACETS]
    named = [f.lemma for f in facets if isinstance(f, (Have, Zero)) and f.lemma]
    assert named
    assert len(list(links.named())) == len(named), "a facet with a lemma has no statement in Facets.v"
    assert (repository / "theories" / "Facets" / "Links.v").read_text() == links.source(), "run make links"
