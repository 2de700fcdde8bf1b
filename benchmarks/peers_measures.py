"""What one program does with probes, disguised pitches and coincidences, as cells of the table."""

import statistics

from evasions import Pair
from peers_material import CARRIER, COINCIDENCES, PROBES, Material
from peers_programs import Program, Words

NO_ANSWER = "–"


def speed(program: Program, yardstick: Program, kind: str) -> list[str]:
    """Median over texts, and the median of the texts' ratios to the yardstick in the same run."""
    taken, beside = medians(program.taken[kind]), medians(yardstick.taken[kind])
    ratio = statistics.median(a / b for a, b in zip(taken, beside, strict=True))
    return [f"{statistics.median(taken):.1f}", f"{ratio:.1f}"]


def medians(rounds: list[list[float]]) -> list[float]:
    """Median of each text over the rounds after the first, which warms up."""
    return [statistics.median(of_text) for of_text in zip(*rounds[1:], strict=True)]


def probes_caught(program: Program, form: str) -> list[str]:
    """The probes, put into a form, of which every disguised word is reported."""
    texts = [form.format(probe) for probe, _ in PROBES]
    if program.words is not None:
        answers = zip(program.words(texts), PROBES, strict=True)
        return [probe for found, (probe, wanted) in answers if all(holds(found, word) for word in wanted)]
    assert program.speaks is not None
    at = form.index("{}")
    return [p for text, (p, _) in zip(texts, PROBES, strict=True) if program.speaks(text, at, at + len(p))]


def probes(program: Program) -> list[str]:
    if program.words is None and program.speaks is None:
        return [NO_ANSWER, NO_ANSWER]
    return [f"{len(probes_caught(program, form))}/{len(PROBES)}" for form in ("{}", CARRIER)]


def words_found(program: Program, pairs: list[Pair]) -> list[str]:
    """Share of the listed words found as written, and of those disguised found all the same."""
    if program.words is None:
        return [NO_ANSWER, NO_ANSWER]
    cells = []
    for texts in ([pair.written for pair in pairs], [pair.rewritten for pair in pairs]):
        answers = zip(program.words(texts), pairs, strict=True)
        hits = [holds(found, word) for found, pair in answers for word in pair.words]
        cells.append(f"{statistics.mean(hits):.3f}")
    return cells


def coincidences(program: Program) -> list[tuple[str, str]]:
    """Coincidences in which the word is reported (or, for ours as a whole, anything counts)."""
    hosts = [host for _, host in COINCIDENCES]
    if program.words is not None:
        return [pair for found, pair in zip(program.words(hosts), COINCIDENCES, strict=True) if holds(found, pair[0])]
    speaks = program.speaks
    assert speaks is not None
    return [(word, host) for word, host in COINCIDENCES if speaks(host, host.index(word), host.index(word) + len(word))]


def wrongly_hit(program: Program) -> str:
    if program.words is None and program.speaks is None:
        return NO_ANSWER
    return f"{len(coincidences(program))}/{len(COINCIDENCES)}"


def judged(program: Program, material: Material) -> list[str]:
    """Shares of pitches and of harmless texts flagged; of the pairs flagged as written, the share still flagged."""
    if program.flags is None:
        return [NO_ANSWER] * 3
    before = program.flags([pair.written for pair in material.pairs])
    after = program.flags([pair.rewritten for pair in material.pairs])
    flagged = [now for was, now in zip(before, after, strict=True) if was]
    shares = [f"{statistics.mean(program.flags(texts)):.3f}" for texts in (material.pitches, material.harmless)]
    return [*shares, f"{statistics.mean(flagged):.3f}"]


def holds(found: Words, word: str) -> bool:
    """Whether a reported word is the word or a longer one with it inside."""
    return any(word in reported for reported in found)
