"""The text of every error, as users read it, against the files beside this one.

PROVENN_GOLDEN=write writes the files anew; look at the difference before committing it.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from provenn.catalogue import ENTRIES, explain
from provenn.errors import ProvennError, UsageError
from tests.golden import triggers

HERE = Path(__file__).parent
SOURCE = HERE.parents[1] / "src" / "provenn"
CODE = re.compile(r"PNN-[A-Z]+-\d{3}")


def test_source_and_catalogue_name_the_same_codes() -> None:
    areas = {p for p in (SOURCE / "catalogue").glob("*.py") if p.stem != "__init__"}
    texts = [p.read_text() for p in set(SOURCE.rglob("*.py")) - areas]
    raised = {c for text in texts for c in CODE.findall(text)}
    assert raised - set(ENTRIES) == set(), "codes without an entry in the catalogue"
    assert set(ENTRIES) - raised == set(), "entries that nothing raises"


def test_entries_are_complete() -> None:
    for code, entry in ENTRIES.items():
        assert CODE.fullmatch(code)
        for field in (entry.title, entry.text, entry.example, entry.do):
            assert field, code
        assert not entry.title.endswith("."), code
        assert entry.text.endswith("."), code
        assert entry.do.endswith("."), code
        assert entry.render().startswith(f"{code}: {entry.title}\n\n")


def test_every_code_is_triggered_or_excused() -> None:
    assert set(triggers.TRIGGERS) | set(triggers.OUT_OF_REACH) == set(ENTRIES)
    assert not set(triggers.TRIGGERS) & set(triggers.OUT_OF_REACH)


@pytest.mark.parametrize("code", sorted(triggers.TRIGGERS))
def test_error_text(code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ProvennError) as caught:
        triggers.TRIGGERS[code](tmp_path, monkeypatch)
    error = caught.value
    assert error.code == code
    text = error.render().replace(str(tmp_path), "<folder>") + "\n"
    text = re.sub(*triggers.VARIES.get(code, ("^$", "")), text)
    assert text == re.sub(r"[ \t]+\n", "\n", text)
    assert max(map(len, text.split("\n"))) < 400
    golden = HERE / f"{code}.txt"
    if os.environ.get("PROVENN_GOLDEN") == "write":
        golden.write_text(text)
    assert golden.is_file(), "no golden text: run with PROVENN_GOLDEN=write and look at it"
    assert text == golden.read_text()


@pytest.mark.parametrize("spelling", ["PNN-SHAPE-104", "pnn-shape-104", "SHAPE-104", " shape-104 "])
def test_codes_are_found_however_they_are_spelt(spelling: str) -> None:
    assert explain(spelling).code == "PNN-SHAPE-104"


def test_an_unknown_code_names_the_nearest() -> None:
    with pytest.raises(UsageError, match="nearest: PNN-SHAPE-10"):
        explain("PNN-SHAPE-199")
