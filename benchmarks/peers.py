"""Ours beside programs with a neighbouring job: speed, evasions read, words wrongly seen inside other words.

Every program that looks for words gets one list: the plain terms of our marketing rules and every word asked for below.
Each runs in a process of its own with its documented normalising on; rounds go from program to program, so that a slow
moment of the machine hits all alike. Times are processor time, which does not count what others do on the machine; a
text's time is its median over the rounds; printed is the median over texts, and the median of the texts' ratios to the
bare daachorse automaton over the same list in the same run.

A probe is caught when every word it disguises is reported; a disguised word is found when a reported word holds it; a
coincidence is hit when the word is reported inside the innocent phrase. For ours as a whole both mean that a reason or
a promise touches the place. Programs that judge a text are asked which of the pitches that they flag as written they
still flag when disguised; texts are of the corpus's validation part, scikit-learn is fitted on the other part.

Read with care: probes, coincidences and the corpus are known to whoever builds ours, and to no peer.
"""

import argparse
import sys
from datetime import UTC, datetime
from typing import Any

import core
import jieba
from peers_install import PEERS, NotRunError, Running, start
from peers_material import CARRIER, PROBES, SEED, Material, disguised, plain_words
from peers_measures import coincidences, judged, probes, probes_caught, speed, words_found, wrongly_hit
from peers_programs import BETWEEN_NAME_AND_SCOPE, Program, ours, peer

from risk_screen import Screener
from risk_screen.learning.corpus import read_corpus

KINDS = {"registration": "registration, 166 characters", "flyer": "flyer, 600 characters"}
HEADINGS = (
    "program",
    "folds",
    *(heading for title in KINDS.values() for heading in (f"{title}, µs", "× daachorse")),
    "probes alone",
    "probes in a sentence",
    "plain words found",
    "disguised words found",
    "coincidences wrongly hit",
    "pitches flagged",
    "harmless texts flagged",
    "disguised pitches still flagged",
)


def main() -> None:
    arguments = _arguments()
    jieba.setLogLevel(60)
    screener = Screener.load()
    words = list(plain_words(screener.book.rulebook))
    corpus = read_corpus(core.CORPUS, "marketing")
    material = _material(screener, corpus, arguments.count)
    train = [(row.text, int(row.label)) for row in corpus[corpus["part"] == "train"].itertuples()]
    running, missing = _started(words, train)
    programs = [*map(peer, running), *ours(screener, words)]
    _time(programs, material.texts, arguments.rounds)
    rows = [_row(program, programs[0], material) for program in programs]
    if arguments.show:
        _show(programs)
    print(
        f"{datetime.now(UTC):%Y-%m-%d}, rulebook {screener.book.version}, "
        f"model {screener.classifiers['marketing'].version}, {len(words)} listed words, "
        f"{len(material.pairs)} disguised pitches with {sum(len(pair.words) for pair in material.pairs)} words gone, "
        f"{len(train)} texts to fit on, seed {SEED}\n"
    )
    _print_table(rows, missing)
    for process in running:
        process.stop()


def _material(screener: Screener, corpus: Any, count: int) -> Material:
    validation = corpus[(corpus["part"] == "validation") & (corpus["evasion"].map(len) == 0)]
    by_label = [
        list(validation[validation["label"] == label].sample(frac=1, random_state=SEED)["text"]) for label in (0, 1)
    ]
    harmless, pitches = (texts[:count] for texts in by_label)
    texts = {
        "registration": [BETWEEN_NAME_AND_SCOPE.join(fields.values()) for fields in core.registrations(count)],
        "flyer": [fields["text"] for fields in core.flyers(count // 2)],
    }
    return Material(texts, pitches, harmless, list(disguised(pitches, screener.book.rulebook)))


def _started(words: list[str], train: list[tuple[str, int]]) -> tuple[list[Running], list[tuple[str, str]]]:
    """Peers that run, the yardstick first, and those that do not with the reason."""
    running, missing = [], []
    for package in PEERS:
        first = {"train": train} if package.package == "scikit-learn" else {"words": words}
        try:
            running.append(start(package, **first))
        except (NotRunError, OSError) as reason:
            missing.append((package.package, str(reason)))
    if not running or running[0].peer is not PEERS[0]:
        sys.exit(f"NOT RUN: without {PEERS[0].package} there is nothing to compare with: {missing[0][1]}")
    return running, missing


def _time(programs: list[Program], texts: dict[str, list[str]], rounds: int) -> None:
    for _ in range(rounds + 1):
        for program in programs:
            for kind in KINDS:
                program.taken.setdefault(kind, []).append(program.times(kind, texts[kind]))


def _row(program: Program, yardstick: Program, material: Material) -> list[str]:
    return [
        program.name,
        program.folds,
        *(cell for kind in KINDS for cell in speed(program, yardstick, kind)),
        *probes(program),
        *words_found(program, material.pairs),
        wrongly_hit(program),
        *judged(program, material),
    ]


def _show(programs: list[Program]) -> None:
    """Say for ours which probes are missed and which coincidences are hit."""
    for program in programs[-4:]:
        for form in ("{}", CARRIER):
            caught = probes_caught(program, form)
            print(f"{program.name}, {form}: missed {[probe for probe, _ in PROBES if probe not in caught]}")
        print(f"{program.name}: wrongly hit {[f'{word}@{host}' for word, host in coincidences(program)]}")


def _print_table(rows: list[list[str]], missing: list[tuple[str, str]]) -> None:
    print(f"| {' | '.join(HEADINGS)} |")
    print("| --- " * len(HEADINGS) + "|")
    for row in rows:
        print(f"| {' | '.join(row)} |")
    for name, why in missing:
        print(f"| {name} | NOT RUN: {why} {'| ' * (len(HEADINGS) - 1)}|")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=200, help="registrations, pitches, and twice the flyers")
    parser.add_argument("--rounds", type=int, default=5, help="rounds over every text")
    parser.add_argument("--show", action="store_true", help="name what ours misses and wrongly hits")
    return parser.parse_args()


if __name__ == "__main__":
    main()
