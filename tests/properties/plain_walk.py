"""The walk without any short cut: every rule is asked in every field, and the classifier reads piece by piece."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import reduce
from operator import add
from pathlib import Path

import numpy as np

from risk_screen.classifier.pieces import BORDERS, Piece, pieces_of, tokens_of
from risk_screen.classifier.runs import damping
from risk_screen.classifier.scoring import (
    DECIBANS_PER_NAT,
    LEAST_CHARACTERS,
    LEAST_WEIGHT,
    MOST_GRAMS,
    MOST_TERMS,
    Classifier,
    ModelOpinion,
    TermWeight,
    sigmoid,
)
from risk_screen.rules.compiled_rulebook import ChannelRules, CompiledRulebook
from risk_screen.rules.gating import Asked, Gate
from risk_screen.rules.pattern_set import Chances, PatternSet
from risk_screen.rules.reading import Field, Reading
from risk_screen.screening.screener import Screener
from risk_screen.text.folding import Span


def plain_walk(screener: Screener, models: Path) -> Screener:
    """The same rulebook, policy and models; no gate, no automaton over n-grams."""
    return Screener(
        ungated(screener.book),
        screener.policy,
        {channel: PlainClassifier.of(fitted, models / channel) for channel, fitted in screener.classifiers.items()},
        program=screener.program,
    )


def ungated(book: CompiledRulebook) -> CompiledRulebook:
    """The same rulebook, every rule and pattern of which is asked in every field."""
    plain = {
        name: replace(rules, gate=OpenGate(rules), patterns=EveryPattern(rules.patterns))
        for name, rules in book.channels.items()
    }
    return replace(book, channels=plain)


class OpenGate(Gate):
    """Lets every rule be asked in every field that is given."""

    def __init__(self, rules: ChannelRules) -> None:
        super().__init__([], 0)
        self._rules = rules.rules

    def open_to(self, readings: Mapping[str, Reading]) -> list[Asked]:
        return [
            Asked(number, name, rule.condition)
            for number, rule in enumerate(self._rules)
            for name in rule.fields
            if name in readings
        ]


class EveryPattern(PatternSet):
    """Looks for every pattern in the whole text."""

    def __init__(self, patterns: PatternSet) -> None:
        super().__init__([])
        self._set = patterns

    def chances(self, text: str) -> Chances:
        every = (1 << len(self._set)) - 1
        return Chances(every, [(0, len(text), every)])

    def spans(self, number: int, text: str, chances: Chances) -> list[Span]:
        return self._set.spans(number, text, chances)


@dataclass(frozen=True)
class PlainClassifier(Classifier):
    """Cuts a text into pieces, looks up every n-gram, and tries every run."""

    grams: Mapping[str, float]

    @classmethod
    def of(cls, fitted: Classifier, directory: Path) -> "PlainClassifier":
        """Take the vocabulary from the file of the model."""
        with np.load(directory / "scorer.npz", allow_pickle=False) as stored:
            grams = dict(zip(stored["grams"].tolist(), stored["gram_weights"].tolist(), strict=True))
        given = {f.name: getattr(fitted, f.name) for f in fields(Classifier) if f.init}
        return cls(**given, grams=grams)

    def opinion(self, fields: tuple[Field, ...]) -> ModelOpinion:
        pieces = pieces_of(fields, self.channel)
        first, last, best = self._strongest(pieces)
        log_odds = self.bias + best
        decibans = (log_odds - self.prior_log_odds) * DECIBANS_PER_NAT
        run = pieces[first:last] if decibans > 0 else ()
        share = damping(sum(p.characters for p in run), self.undamped_characters) * DECIBANS_PER_NAT
        terms = [
            term
            for i, field in enumerate(fields)
            for term in self._terms(field, [p for p in run if p.field == i], share)
        ]
        terms.sort(key=lambda t: (-t.decibans, t.field, t.start))
        return ModelOpinion(sigmoid(log_odds), decibans, tuple(terms[:MOST_TERMS]))

    def _strongest(self, pieces: Sequence[Piece]) -> tuple[int, int, float]:
        """First of the strongest runs; of those that end alike the shortest."""
        sums, best = [0.0], (0, 0, float("-inf"))
        for piece in pieces:
            sums.append(sums[-1] + self._score(piece))
        for last in range(1, len(pieces) + 1):
            for first in reversed(range(last)):
                if last - first > 1 and sum(p.characters for p in pieces[first:last]) > self.run_characters:
                    break
                share = damping(sum(p.characters for p in pieces[first:last]), self.undamped_characters)
                if (sums[last] - sums[first]) * share > best[2]:
                    best = first, last, (sums[last] - sums[first]) * share
        return best if pieces else (0, 0, 0.0)

    def _score(self, piece: Piece) -> float:
        score = reduce(add, (self.grams[gram] for gram in self._grams_in(piece)), 0.0)
        promised = [self.promise_weights.get(token, 0.0) for token in piece.promise_tokens]
        return score + sum(promised) if promised else score

    def _grams_in(self, piece: Piece) -> dict[str, Span]:
        """Known n-grams in the order in which they first end, with their first place."""
        found = {
            gram: (start, start + len(gram))
            for gram in tokens_of(piece, (1, self.longest), BORDERS[self.channel])
            if gram in self.grams and (start := piece.start + piece.text.index(gram)) >= 0
        }
        return dict(sorted(found.items(), key=lambda item: (item[1][1], item[1][0])))

    def _terms(self, field: Field, run: Sequence[Piece], share: float) -> list[TermWeight]:
        places: dict[str, Span] = {}
        for piece in run:
            for gram, place in self._grams_in(piece).items():
                places.setdefault(gram, place)
        heavy = [gram for gram in places if self.grams[gram] >= LEAST_WEIGHT]
        heaviest = sorted(heavy, key=lambda gram: -self.grams[gram])[:MOST_GRAMS]
        terms: list[TermWeight] = []
        for gram in sorted(heaviest, key=places.__getitem__):
            (start, end), weight = places[gram], self.grams[gram] * share
            if terms and start < terms[-1].end:
                joined = terms.pop()
                start, end, weight = joined.start, max(joined.end, end), joined.decibans + weight
            terms.append(TermWeight(field.name, start, end, weight))
        return [t for t in terms if sum(map(str.isalnum, field.readable[t.start : t.end])) >= LEAST_CHARACTERS]
