"""The classifier's opinion: the strongest run of neighbouring pieces, its probability, the words that speak for it.

The score of a piece is the sum of the weights of the tokens it holds (each once); the score of a text is that of its
strongest run of neighbouring pieces (:mod:`risk_screen.classifier.runs`). Text added beside a passage can therefore
never lower its opinion.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from operator import itemgetter
from typing import Any, NamedTuple

from risk_screen.classifier.pieces import parts_of, promise_tokens, spans_of, text_of
from risk_screen.classifier.runs import damping, strongest_run
from risk_screen.rules.reading import Field
from risk_screen.text.blocks import BLOCK, hits_in_blocks
from risk_screen.text.folding import Span
from risk_screen.text.remembered import Remembered

DECIBANS_PER_NAT = 10 / math.log(10)
MOST_TERMS, MOST_GRAMS = 8, 24
_WEIGHT = itemgetter(2)
LEAST_WEIGHT, LEAST_CHARACTERS = 0.1, 2
MOST_ITEMS, LONGEST_ITEM = 16_384, 40
"""Items of registrations whose scores are kept, and the characters of the longest of them."""


class TermWeight(NamedTuple):
    """Words of a field and what they brought to the opinion, in decibans."""

    field: str
    start: int
    end: int
    decibans: float


@dataclass(frozen=True, slots=True)
class ModelOpinion:
    """What texts like this turned out to be.

    Attributes
    ----------
    probability : float
        Calibrated probability at the share of positives the model was trained with.
    decibans : float
        Weight of evidence: log-odds of the probability less those of the training share, before the policy bounds it.
    terms : tuple of TermWeight
        The words that spoke for it, heaviest first; empty when the opinion is in the text's favour.
    """

    probability: float
    decibans: float
    terms: tuple[TermWeight, ...] = ()


@dataclass(frozen=True, slots=True)
class Classifier:
    """A fitted linear scorer over tokens.

    Attributes
    ----------
    automaton : daachorse.CharwiseDoubleArrayAhoCorasick
        Finds all character n-grams of the vocabulary in one pass; its values index ``weights``.
    weights : tuple of float
        Natural-log weights of the n-grams, calibration folded in.
    longest : int
        Characters of the longest n-gram.
    promise_weights : mapping of str to float
        The same for promise tokens.
    bias, prior_log_odds : float
        Calibrated intercept and the log-odds of the share of positives in training.
    run_characters : int
        Longest run of neighbouring pieces that may speak together.
    undamped_characters : int
        Longer runs are damped by the square root of their length.
    score : callable
        Score of one piece.
    items : Remembered of float
        Scores of the items met last: registrations are put together from standard items (经营范围规范表述).
    """

    channel: str
    version: str
    automaton: Any
    weights: tuple[float, ...]
    longest: int
    promise_weights: Mapping[str, float]
    bias: float
    prior_log_odds: float
    run_characters: int
    undamped_characters: int
    score: Callable[[str], float] = field(init=False, repr=False, compare=False)
    items: Remembered[float] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Begin with no item."""
        score = scorer_of(self.automaton, self.weights, self.longest)
        object.__setattr__(self, "score", score)
        object.__setattr__(self, "items", Remembered(score, most=MOST_ITEMS, longest=LONGEST_ITEM))

    def opinion(self, fields: tuple[Field, ...]) -> ModelOpinion:
        """Give the opinion on the fields of one submission."""
        scored = [self._scored(field) for field in fields]
        scores = [score for field in scored for score in field.scores]
        lengths = [length for field in scored for length in map(len, field.pieces)]
        first, last, best = strongest_run(scores, lengths, self.run_characters, self.undamped_characters)
        log_odds = self.bias + best
        decibans = (log_odds - self.prior_log_odds) * DECIBANS_PER_NAT
        terms = self._terms(scored, first, last) if decibans > 0 else ()
        return ModelOpinion(sigmoid(log_odds), decibans, terms)

    def _scored(self, field: Field) -> "_ScoredField":
        """Score the pieces of a field; the items of a registration recur, so their scores are kept."""
        text = text_of(field)
        parts = parts_of(field.name, text, self.channel)
        if field.name == "business_scope":
            pieces = [*filter(None, parts)]
            scores = [*map(self.items.__getitem__, pieces)]
        else:
            pieces = parts if field.name == "name" else [*filter(None, parts)]
            scores = [*map(self.score, pieces)]
        if self.promise_weights and field.promises and pieces:
            starts = [start for start, _ in spans_of(field.name, parts)]
            for piece, tokens in promise_tokens(field.promises, starts).items():
                scores[piece] += sum(self.promise_weights.get(token, 0.0) for token in tokens)
        return _ScoredField(field, text, parts, pieces, scores)

    def _terms(self, scored: Sequence["_ScoredField"], first: int, last: int) -> tuple[TermWeight, ...]:
        """Name the words of a run of pieces that spoke most and can be read, heaviest first."""
        lengths = [length for field in scored for length in map(len, field.pieces)]
        share = damping(sum(lengths[first:last]), self.undamped_characters) * DECIBANS_PER_NAT
        found: list[tuple[float, str, int, int]] = []
        for read in scored:
            found += self._joined(read, first, last, share)
            first, last = first - len(read.pieces), last - len(read.pieces)
        readable = {read.field.name: read.field.readable for read in scored}
        heaviest = (term for term in sorted(found) if _says_something(readable[term[1]][term[2] : term[3]]))
        return tuple(TermWeight(name, start, end, -weight) for weight, name, start, end in islice(heaviest, MOST_TERMS))

    def _joined(self, scored: "_ScoredField", first: int, last: int, share: float) -> list[tuple[float, str, int, int]]:
        """Heaviest n-grams of a run of pieces, joined where they overlap: decibans less than zero, field, place.

        ``share`` turns the weight of an n-gram into decibans of the run.
        """
        start, end = scored.place(first, last)
        weights = self.weights
        loud: dict[int, tuple[int, int, float]] = {}
        for begin, finish, gram in self.automaton.find_overlapping(scored.text[start:end]):
            if weights[gram] >= LEAST_WEIGHT and gram not in loud:
                loud[gram] = begin, finish, weights[gram]
        heaviest = sorted(loud.values(), key=_WEIGHT, reverse=True)[:MOST_GRAMS]
        heaviest.sort()
        name, joined, begun, ended, total = scored.field.name, [], -1, -1, 0.0
        for begin, finish, weight in heaviest:
            if begin < ended:
                ended, total = max(ended, finish), total + weight * share
                continue
            joined.append((-total, name, start + begun, start + ended))
            begun, ended, total = begin, finish, weight * share
        joined.append((-total, name, start + begun, start + ended))
        return joined[1:]


class _ScoredField(NamedTuple):
    """The pieces of a field with what they score."""

    field: Field
    text: str
    """The field as the classifier reads it."""
    parts: list[str]
    pieces: list[str]
    scores: list[float]

    def place(self, first: int, last: int) -> Span:
        """Where the pieces from ``first`` to before ``last`` stand, as far as they are of this field."""
        if first <= 0 and last >= len(self.pieces):
            return 0, len(self.text)
        run = spans_of(self.field.name, self.parts)[max(0, first) : max(0, last)]
        return (run[0][0], run[-1][1]) if run else (0, 0)


def scorer_of(automaton: Any, weights: Sequence[float], longest: int) -> Callable[[str], float]:
    """Return what sums the weights of the distinct n-grams of a piece, in the order in which they end."""
    find, weight_of = automaton.find_overlapping, weights.__getitem__

    def score(piece: str) -> float:
        if len(piece) <= BLOCK:
            return sum(map(weight_of, {gram: None for _, _, gram in find(piece)}), 0.0)
        hits = chain.from_iterable(found for _, found in hits_in_blocks(automaton, piece, longest))
        return sum(map(weight_of, {gram: None for _, _, gram in hits}), 0.0)

    return score


def _says_something(words: str) -> bool:
    """Whether words mean something to a person: at least two letters, digits or Chinese characters."""
    return len(words) >= LEAST_CHARACTERS and (words.isalnum() or sum(map(str.isalnum, words)) >= LEAST_CHARACTERS)


def sigmoid(log_odds: float) -> float:
    """Probability of log-odds in nats, without overflow."""
    if log_odds >= 0:
        return 1 / (1 + math.exp(-log_odds))
    return math.exp(log_odds) / (1 + math.exp(log_odds))
