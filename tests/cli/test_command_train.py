"""``risk-screen train``: what stands in its way is told before anything is written."""

import sys
from pathlib import Path

import pytest
from command_line import Cli

ROOT = Path(__file__).parents[2]


def test_an_unknown_channel_is_refused(cli: Cli) -> None:
    outcome = cli("train", "--channel", "ads")
    assert (outcome.code, outcome.err.split()[1]) == (2, "[unknown_channel]")


def test_without_the_extra_it_says_what_to_install(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "risk_screen.learning.training", None)
    outcome = cli("train")
    assert outcome.code == 2
    assert "[learning_missing]" in outcome.err
    assert "risk-screen[learning]" in outcome.err


def test_a_missing_corpus_is_told(cli: Cli, tmp_path: Path) -> None:
    outcome = cli("train", "--corpus", tmp_path, "--output", tmp_path / "models", "--rules", ROOT / "rules")
    assert outcome.code == 2
    assert "--corpus" in outcome.err
    assert not (tmp_path / "models").exists()
