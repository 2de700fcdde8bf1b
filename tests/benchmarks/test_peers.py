"""What peers are asked is fit to be asked, and what they answer is read right."""

import json
import subprocess
import sys
from pathlib import Path

import peers_install
import peers_material
import peers_measures
import peers_worker
import pytest
from peers_install import NotRunError, Peer
from peers_programs import Program

from risk_screen.rules.loading import load_rulebook

ROOT = Path(__file__).parents[2]


def reporting(words: list[str]) -> Program:
    """A program that reports each of these words wherever its characters stand."""
    return Program(
        "plain",
        "nothing",
        lambda _, texts: [1.0] * len(texts),
        lambda texts: [[w for w in words if w in t] for t in texts],
    )


def test_the_probes_are_twenty_one_and_hide_the_word_they_are_for() -> None:
    assert len({probe for probe, _ in peers_material.PROBES}) == 21
    assert [probe for probe, words in peers_material.PROBES if all(word in probe for word in words)] == []


def test_no_probe_was_added_to_the_words_of_the_rulebook() -> None:
    listed = peers_material.plain_words(load_rulebook(ROOT / "rules"))
    assert len(listed) > 1000
    assert {probe for probe, _ in peers_material.PROBES} & set(listed) == set()


@pytest.mark.parametrize(("word", "host"), peers_material.COINCIDENCES)
def test_a_coincidence_holds_its_word_inside_more(word: str, host: str) -> None:
    assert word in host
    assert word != host


def test_a_program_that_folds_nothing_catches_no_probe_and_hits_every_coincidence() -> None:
    plain = reporting(sorted({word for word, _ in peers_material.COINCIDENCES} | {"保本", "高收益", "月息", "年化"}))
    assert peers_measures.probes(plain) == ["0/21", "0/21"]
    total = len(peers_material.COINCIDENCES)
    assert peers_measures.wrongly_hit(plain) == f"{total}/{total}"


def test_a_program_that_reports_everything_catches_every_probe() -> None:
    words = [word for _, words in peers_material.PROBES for word in words]
    loud = Program("loud", "all", lambda _, texts: [1.0] * len(texts), lambda texts: [words] * len(texts))
    assert peers_measures.probes(loud) == ["21/21", "21/21"]


def test_a_disguised_word_has_no_plain_copy_left() -> None:
    book = load_rulebook(ROOT / "rules")
    pairs = list(peers_material.disguised(["本金安全，保本保息，月月分红，投资理财请加微信"], book))
    assert {pair.family for pair in pairs} >= {"separators", "homophone", "traditional"}
    assert all(word in pair.written and word not in pair.rewritten for pair in pairs for word in pair.words)


def test_speed_leaves_out_the_round_that_warms_up_and_divides_text_by_text() -> None:
    slow, yardstick = reporting([]), reporting([])
    slow.taken = {"flyer": [[900.0, 900.0], [20.0, 40.0], [20.0, 40.0]]}
    yardstick.taken = {"flyer": [[900.0, 900.0], [10.0, 10.0], [10.0, 10.0]]}
    assert peers_measures.speed(slow, yardstick, "flyer") == ["30.0", "3.0"]


def test_starred_stretches_are_read_as_words_and_stars_of_the_text_are_not() -> None:
    assert peers_worker._starred("a*保本的ABC", "a***的***") == ["保本", "abc"]


def test_a_worker_answers_words_and_times_line_by_line() -> None:
    requests = [{"words": ["保本"]}, {"do": "ask", "texts": ["我们保本", "别的"]}, {"do": "time", "texts": ["保本"]}]
    done = subprocess.run(
        [sys.executable, str(ROOT / "benchmarks" / "peers_worker.py"), "daachorse"],
        input="\n".join(map(json.dumps, requests)),
        capture_output=True,
        text=True,
        check=True,
    )
    version, words, times = map(json.loads, done.stdout.splitlines())
    assert version
    assert words == [["保本"], []]
    assert times[0] > 0


def test_a_peer_that_cannot_be_installed_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peers_install.shutil, "which", lambda _: None)
    with pytest.raises(NotRunError, match="node and npm are missing"):
        peers_install.start(Peer("mint-filter", "letter case", registry="npm"), words=[])


def test_the_last_line_of_a_failed_command_is_the_reason() -> None:
    with pytest.raises(NotRunError, match="no such package"):
        peers_install._run([sys.executable, "-c", "import sys; sys.exit('resolving\\nno such package')"])
