"""How long the walk of one text takes beside `jieba.lcut` on the same text, in one thread.

Texts are put together from our own corpus: registrations of about 166 characters, flyers of about 600. Each round
times every text once with the walk (read, match, weigh, classify, decide, JSON), then every text once with jieba; a
text's time is its median over the rounds. What is printed: the median and 95th percentile over texts, and the ratio
walk/jieba in this run. Every round begins without the scores of items that the classifier keeps. Stages are timed
apart. Growth: a text of 100,000 characters beside one of 1,000 of its kind. Start-up: the command for one text, from
its start to its end, without and with a kept rulebook.
"""

import argparse
import gc
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import jieba

from risk_screen import Screener
from risk_screen.rules.context import weigh_in_context
from risk_screen.rules.matching import find_matches
from risk_screen.screening.deciding import decide
from risk_screen.screening.submission import Submission

CORPUS = Path(__file__).parents[1] / "models" / "corpus"
REGISTRATION_CHARACTERS, FLYER_CHARACTERS = 166, 600
MANY_HITS = 5
RISKY_SHARE = 20
COMMAND = """
import sys
from risk_screen.cli.main import run
try:
    run()
finally:
    sys.stderr.write(open("/proc/self/status").read())
"""
Fields = dict[str, str]
T = TypeVar("T")


def main() -> None:
    arguments = _arguments()
    jieba.setLogLevel(60)
    jieba.lcut("预热")
    screener = Screener.load()
    gc.collect()
    gc.freeze()  # as serve and batch do: what is loaded stays, and the collector does not walk through it
    print(f"{'texts':34s} {'n':>5s} {'chars':>6s} {'walk µs':>9s} {'jieba µs':>9s} {'ratio':>6s} {'p95 ratio':>10s}")
    for title, channel, texts in _sets(arguments.texts):
        compare(title, screener, channel, texts, arguments.rounds)
    stages(screener, "registration", registrations(arguments.texts), arguments.rounds)
    stages(screener, "marketing", flyers(arguments.texts // 4), arguments.rounds)
    growth(screener)
    start_up()


def compare(title: str, screener: Screener, channel: str, texts: list[Fields], rounds: int) -> None:
    """Time the walk and jieba in turn; print medians, p95 and the ratio, and the same for texts with many hits."""
    walk, cut = _times(
        lambda t: screener.screen(channel, **t).to_json(),
        texts,
        rounds,
        lambda t: jieba.lcut("\n".join(t.values())),
        lambda: forget_items(screener),
    )
    _print_row(title, texts, walk, cut)
    many = [i for i, t in enumerate(texts) if len(screener.screen(channel, **t).reasons) >= MANY_HITS]
    if len(many) >= 20:
        _print_row(
            f"  of them with {MANY_HITS}+ reasons",
            [texts[i] for i in many],
            [walk[i] for i in many],
            [cut[i] for i in many],
        )


def forget_items(screener: Screener) -> None:
    """Forget what was kept of the items and brackets met before."""
    for kept in screener.book.masks.brackets.values():
        kept.clear()
    for classifier in screener.classifiers.values():
        classifier.items.clear()


def start_up() -> None:
    """Print how long `risk-screen screen` takes from start to end, the first time and the median of later ones."""
    command = [sys.executable, "-c", COMMAND, "screen", "投10万一年返13万，保本保息", "--json"]
    seconds, memory = [], "0"
    with tempfile.TemporaryDirectory() as cache:
        environment = os.environ | {"RISK_SCREEN_CACHE": cache}
        for _ in range(8):
            start = time.perf_counter()
            done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
            seconds.append(time.perf_counter() - start)
            memory = done.stderr.rpartition("VmHWM:")[2].split()[0]
    print(
        f"start-up, s: first {seconds[0]:.2f} · later {statistics.median(seconds[1:]):.2f};"
        f" memory at most {int(memory) / 1024:.0f} MB"
    )


def stages(screener: Screener, channel: str, texts: list[Fields], rounds: int) -> None:
    """Time each stage of the walk apart, µs a text (median over texts of the median over rounds)."""
    submissions = [Submission.of(channel, t) for t in texts]
    read = [screener.read(s) for s in submissions]
    found = [find_matches(f, screener.book, channel, {}) for f in read]
    evidence = [weigh_in_context(m, f, screener.book) for m, f in zip(found, read, strict=True)]
    opinions = [screener.classifiers[channel].opinion(f) for f in read]
    policy, versions = screener.policy.channels[channel], screener._versions[channel]
    numbers = range(len(texts))
    decided = lambda i: decide(read[i], found[i], evidence[i], opinions[i], policy=policy, versions=versions)  # noqa: E731
    answers = [decided(i) for i in numbers]
    timed: dict[str, Callable[[int], object]] = {
        "fold": lambda i: [screener.book.folding.fold(t) for t in texts[i].values()],
        "read (with fold)": lambda i: screener.read(submissions[i]),
        "find matches": lambda i: find_matches(read[i], screener.book, channel, {}),
        "weigh in context": lambda i: weigh_in_context(found[i], read[i], screener.book),
        "classify": lambda i: screener.classifiers[channel].opinion(read[i]),
        "decide": decided,
        "JSON": lambda i: answers[i].to_json(),
    }
    parts = [f"{name} {statistics.median(_medians(call, list(numbers), rounds)):.1f}" for name, call in timed.items()]
    print(f"stages, {channel}, µs: {' · '.join(parts)}")


def growth(screener: Screener) -> None:
    """Print how much longer 100 × as many characters take."""
    kinds = {
        "ordinary flyer text": flyers(1)[0]["text"],
        "one character": "一",
        "digits": "1",
        "每月": "每月",
        "投10万返": "投10万返",
        "blanks between": "保 本 ",
        "expanding character": "ﷺ",
        "brackets": "（不含",
        "full stops": "。",
        "quotation marks": "“”",
        "warnings": "谨防骗局：“保本”",
    }
    print("growth, time of 100,000 characters over time of 1,000 (100 = linear):")
    for name, unit in kinds.items():
        small, large = (unit * 1_000)[:1_000], (unit * 100_000)[:100_000]
        times = [
            statistics.median(_medians(lambda t: screener.screen("marketing", text=t), [t], 3)) for t in (small, large)
        ]
        print(f"  {name:22s} {times[0] / 1000:8.2f} ms → {times[1] / 1000:9.1f} ms   × {times[1] / times[0]:.0f}")


def registrations(count: int) -> list[Fields]:
    """Registrations of about 166 characters as a bureau sees them: one in twenty risky, scopes put together alike.

    No two are the same: where the corpus is used up, names are put together from two, scopes in another order.
    """
    rows = list(corpus_rows("registrations/*.jsonl"))
    by_label = [[row for row in rows if row["label"] == label] for label in (0, 1)]
    made = []
    for i in range(count):
        alike = by_label[int(i % RISKY_SHARE == 0)]
        row, turn = alike[i % len(alike)], i // len(alike)
        other = by_label[0][(i * 11 + turn * 577) % len(by_label[0])]
        name = other["name"][:4] + row["name"][4:] if turn else row["name"]
        scope, step = (
            ("；".join((other["business_scope"][:40], row["business_scope"])) if turn else row["business_scope"]),
            1,
        )
        while len(scope) + len(name) < REGISTRATION_CHARACTERS:
            scope += "；" + by_label[0][(i * 7 + step * 31 + turn * 577) % len(by_label[0])]["business_scope"]
            step += 1
        made.append({"name": name, "business_scope": scope[: REGISTRATION_CHARACTERS - len(name)]})
    return made


def flyers(count: int) -> list[Fields]:
    """Flyers of about 600 characters: texts of our corpus put together."""
    rows = list(corpus_rows("marketing/*.jsonl"))
    made = []
    for i in range(count):
        text, step = rows[(i * 13) % len(rows)]["text"], 1
        while len(text) < FLYER_CHARACTERS:
            text += "\n" + rows[(i * 13 + step * 37) % len(rows)]["text"]
            step += 1
        made.append({"text": text[:FLYER_CHARACTERS]})
    return made


def _sets(count: int) -> Iterator[tuple[str, str, list[Fields]]]:
    yield "registration, ≈166 characters", "registration", registrations(count)
    yield (
        "registration, corpus as filed",
        "registration",
        [
            {"name": r["name"], "business_scope": r["business_scope"]}
            for r in list(corpus_rows("registrations/*.jsonl"))[:count]
        ],
    )
    yield "flyer, ≈600 characters", "marketing", flyers(count // 4)
    yield (
        "flyer, corpus as written",
        "marketing",
        [{"text": r["text"]} for r in list(corpus_rows("marketing/*.jsonl"))[:count]],
    )


def corpus_rows(pattern: str) -> Iterator[dict[str, str]]:
    """Rows of our corpus."""
    for path in sorted(CORPUS.glob(pattern)):
        for line in path.read_text(encoding="utf-8").splitlines():
            yield json.loads(line)


def _times(
    walk: Callable[[T], object],
    texts: list[T],
    rounds: int,
    cut: Callable[[T], object],
    begin: Callable[[], object],
) -> tuple[list[float], list[float]]:
    """Median µs of each text for both calls, timed in turn."""
    both: list[tuple[list[float], list[float]]] = [([], []) for _ in texts]
    gc.disable()
    for _ in range(rounds):
        begin()
        for text, (a, _) in zip(texts, both, strict=True):
            a.append(_time(walk, text))
        gc.collect()
        for text, (_, b) in zip(texts, both, strict=True):
            b.append(_time(cut, text))
        gc.collect()
    gc.enable()
    return [statistics.median(a) for a, _ in both], [statistics.median(b) for _, b in both]


def _medians(call: Callable[[T], object], texts: list[T], rounds: int) -> list[float]:
    return [statistics.median([_time(call, text) for _ in range(rounds)]) for text in texts]


def _time(call: Callable[[T], object], text: T) -> float:
    start = time.perf_counter_ns()
    call(text)
    return (time.perf_counter_ns() - start) / 1000


def _print_row(title: str, texts: list[Fields], walk: list[float], cut: list[float]) -> None:
    characters = statistics.mean(sum(map(len, t.values())) for t in texts)
    ratios = sorted(w / c for w, c in zip(walk, cut, strict=True))
    print(
        f"{title:34s} {len(texts):5d} {characters:6.0f} {statistics.median(walk):9.1f} {statistics.median(cut):9.1f}"
        f" {statistics.median(ratios):6.2f} {ratios[int(len(ratios) * 0.95)]:10.2f}"
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=int, default=400, help="texts per set")
    parser.add_argument("--rounds", type=int, default=5, help="rounds over every set")
    return parser.parse_args()


if __name__ == "__main__":
    main()
