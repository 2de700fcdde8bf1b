"""Walk any number of hostile texts and check what must hold for each; then double what was slow.

    python tests/endurance/fuzz_walk.py --inputs 1000000 --workers 2 --seed 20261123

Every input is screened twice (alone and in ``screen_many``) and folded again. What does not hold is printed with the
number of the input: ``--only N`` shows that one. The exit code is 1 when anything did not hold.
"""

import argparse
import faulthandler
import math
import multiprocessing
import resource
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from heapq import nlargest
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
sys.path.insert(0, str(HERE))

from growth import BLOCKS, SIZES, doubling  # noqa: E402
from hostile_texts import hostile_submission  # noqa: E402
from invariants import Fields, broken_assessment, broken_folding  # noqa: E402
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: E402

from risk_screen import Screener  # noqa: E402
from risk_screen.screening.submission import BlankSubmissionError  # noqa: E402

CHUNK: Final = 200
SLOW_KEPT: Final = 12
SHORT: Final = 40
"""Texts of fewer characters are left out of the search for slow ones: what an answer costs at least weighs on them."""
STUCK_SECONDS: Final = 300
LENGTHS: Final = (10, 40, 160, 640, 2_560, 20_001)

_SCREENER: Screener | None = None


@dataclass(slots=True)
class Tally:
    """What was found in a number of inputs."""

    inputs: int = 0
    blank: int = 0
    characters: int = 0
    broken: list[tuple[int, str]] = field(default_factory=list)
    seconds: Counter[tuple[int, int]] = field(default_factory=Counter)
    """(length class, half octave of µs a character) → inputs."""
    slow: list[tuple[float, int]] = field(default_factory=list)
    """µs a character and the number of the input, slowest first."""
    routes: Counter[str] = field(default_factory=Counter)
    peak_kilobytes: int = 0

    def add(self, other: "Tally") -> None:
        """Add what another tally found."""
        self.inputs += other.inputs
        self.blank += other.blank
        self.characters += other.characters
        self.broken += other.broken
        self.seconds += other.seconds
        self.routes += other.routes
        self.slow = nlargest(SLOW_KEPT, self.slow + other.slow)
        self.peak_kilobytes = max(self.peak_kilobytes, other.peak_kilobytes)


def fuzz(screener: Screener, seed: int, numbers: Iterable[int]) -> Tally:
    """Walk the inputs of these numbers."""
    tally = Tally()
    for channel in ("marketing", "registration"):
        _fuzz_channel(screener, channel, seed, numbers, tally)
    tally.peak_kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return tally


def _fuzz_channel(screener: Screener, channel: str, seed: int, numbers: Iterable[int], tally: Tally) -> None:
    """Walk the inputs of one channel, alone, then once more all of them in a row."""
    alone: list[tuple[int, Fields, bytes]] = []
    for number in numbers:
        made_for, fields = hostile_submission(seed, number)
        if made_for != channel:
            continue
        tally.inputs += 1
        tally.characters += sum(map(len, fields.values()))
        try:
            answer = _walk(screener, channel, number, fields, tally)
        except Exception:
            tally.broken.append((number, traceback.format_exc(limit=-4)))
            continue
        if answer is not None:
            alone.append((number, fields, answer))
    again = screener.screen_many([fields for _, fields, _ in alone], channel=channel)
    for (number, _, answer), second in zip(alone, again, strict=True):
        if second.to_json() != answer:
            tally.broken.append((number, "screened once more among others, the answer differs"))


def _walk(screener: Screener, channel: str, number: int, fields: Fields, tally: Tally) -> bytes | None:
    start = time.thread_time_ns()
    try:
        assessment = screener.screen(channel, **fields)
    except BlankSubmissionError:
        tally.blank += 1
        if any(text.strip() for text in fields.values()):
            tally.broken.append((number, "called blank, though it is not"))
        return None
    _note_time(tally, number, sum(map(len, fields.values())), (time.thread_time_ns() - start) / 1_000)
    tally.routes[assessment.route] += 1
    for text in fields.values():
        tally.broken += [(number, said) for said in broken_folding(screener.book, text)]
    tally.broken += [(number, said) for said in broken_assessment(assessment, fields)]
    return assessment.to_json()


def _note_time(tally: Tally, number: int, length: int, microseconds: float) -> None:
    each = microseconds / length
    length_class = sum(length >= border for border in LENGTHS)
    tally.seconds[length_class, round(2 * math.log2(max(each, 0.01)))] += 1
    if length >= SHORT:
        tally.slow = nlargest(SLOW_KEPT, [*tally.slow, (each, number)])


def _fuzz_chunk(chunk: tuple[int, range]) -> Tally:
    assert _SCREENER is not None
    faulthandler.dump_traceback_later(STUCK_SECONDS)
    try:
        return fuzz(_SCREENER, *chunk)
    finally:
        faulthandler.cancel_dump_traceback_later()


def main() -> int:
    """Fuzz, double, print."""
    global _SCREENER  # noqa: PLW0603 - the workers are forked and find it there
    arguments = _arguments()
    _SCREENER = Screener.load()
    if arguments.only is not None:
        return _show(_SCREENER, arguments.seed, arguments.only)
    numbers = range(arguments.first, arguments.first + arguments.inputs)
    chunks = [(arguments.seed, numbers[at : at + CHUNK]) for at in range(0, len(numbers), CHUNK)]
    start = time.monotonic()
    tally = _with_progress(chunks, arguments.workers, arguments.minutes)
    print(f"\n{tally.inputs:,} inputs, {tally.characters:,} characters, {time.monotonic() - start:.0f} s")
    _print_tally(tally)
    if not arguments.no_doubling:
        _print_doublings(_SCREENER, arguments.seed, tally)
    for number, said in tally.broken[:20]:
        print(f"input {number}: {said}", file=sys.stderr)
    print(f"{len(tally.broken)} things that do not hold")
    return 1 if tally.broken else 0


def _with_progress(chunks: list[tuple[int, range]], workers: int, minutes: float) -> Tally:
    tally, until = Tally(), time.monotonic() + 60 * minutes
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, refresh_per_second=1) as bar, multiprocessing.get_context("fork").Pool(workers) as pool:
        task = bar.add_task("inputs", total=sum(len(numbers) for _, numbers in chunks))
        for done, found in enumerate(pool.imap_unordered(_fuzz_chunk, chunks)):
            tally.add(found)
            bar.update(task, advance=found.inputs, description=f"inputs ({len(tally.broken)} broken)")
            if not bar.console.is_terminal and done % 100 == 0:
                print(f"{tally.inputs:,} inputs, {len(tally.broken)} broken", flush=True)
            if time.monotonic() > until:
                print(f"stopped after {minutes:g} minutes", flush=True)
                break
    return tally


def _print_tally(tally: Tally) -> None:
    print(
        f"blank and told so: {tally.blank:,}; routes: " + ", ".join(f"{r} {n:,}" for r, n in tally.routes.most_common())
    )
    print(f"memory of a worker at most {tally.peak_kilobytes / 1024:.0f} MB")
    print("µs of CPU a character, by length of the text:")
    for length_class in sorted({key[0] for key in tally.seconds}):
        counts = {bin_: n for (c, bin_), n in sorted(tally.seconds.items()) if c == length_class}
        shown = ", ".join(f"{name} {_quantile(counts, share):.2g}" for name, share in _SHARES)
        low, high = (0, *LENGTHS)[length_class], (*LENGTHS, math.inf)[length_class]
        print(f"  {low:>6}–{high - 1:<8} {sum(counts.values()):>9,} texts   {shown}")


_SHARES: Final = (("median", 0.5), ("90 %", 0.9), ("99 %", 0.99), ("99.9 %", 0.999), ("most", 1.0))


def _quantile(counts: dict[int, int], share: float) -> float:
    wanted, seen = share * sum(counts.values()), 0
    for half_octave, count in counts.items():
        seen += count
        if seen >= wanted:
            return 2 ** (half_octave / 2)
    return math.nan


def _print_doublings(screener: Screener, seed: int, tally: Tally) -> None:
    print(f"growth when doubled, {' → '.join(f'{size:,}' for size in SIZES)} characters (2 = linear, 4 = quadratic):")
    blocks = [("marketing", block) for block in BLOCKS] + list(_slow_blocks(seed, tally))
    found = sorted((doubling(screener, *block) for block in blocks), key=lambda d: -d.seconds[-1] / d.seconds[-3])
    for one in found:
        if one.is_suspicious or one in found[:8]:
            sign = "SUSPICIOUS" if one.is_suspicious else "          "
            factors = " ".join(f"×{factor:.2f}" for factor in one.factors)
            print(f"  {sign} {one.channel} {one.seconds[-1] * 1000:8.0f} ms  {factors}  {one.block[:50]!r}")
    print(f"{sum(one.is_suspicious for one in found)} of {len(found)} blocks suspicious; slowest text "
          f"{max(one.seconds[-1] for one in found):.2f} s")  # fmt: skip


def _slow_blocks(seed: int, tally: Tally) -> Iterator[tuple[str, str]]:
    for _, number in tally.slow:
        channel, fields = hostile_submission(seed, number)
        yield channel, max(fields.values(), key=len)[:2_000]


def _show(screener: Screener, seed: int, number: int) -> int:
    channel, fields = hostile_submission(seed, number)
    print(channel, ascii(fields))
    tally = fuzz(screener, seed, [number])
    for _, said in tally.broken:
        print(said)
    return 1 if tally.broken else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=1_000_000)
    parser.add_argument("--first", type=int, default=0, help="number of the first input")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=20261123)
    parser.add_argument("--minutes", type=float, default=math.inf, help="stop after so long, whatever was done")
    parser.add_argument("--only", type=int, help="walk and show this input only")
    parser.add_argument("--no-doubling", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
