"""The classifier's opinion: the strongest run of neighbouring pieces, its probability, the words that speak for it.

The score of a piece is the sum of the weights of the tokens it holds (each once); the score of a text is that of its
strongest run of neighbouring pieces (:mod:`risk_screen.classifier.runs`). Text added beside a passage can therefore
never lower its opinion.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from typing import Any, NamedTuple

from risk_screen.classifier.pieces import promise_tokens, text_of
from risk_screen.classifier.runs import damping, strongest_run
from risk_screen.rules.reading import Field
from risk_screen.text.folding import Span

DECIBANS_PER_NAT = 10 / math.log(10)
MOST_TERMS, MOST_GRAMS = 8, 24
LEAST_WEIGHT, LEAST_CHARACTERS = 0.1, 2


@dataclass(frozen=True, slots=True)
class TermWeight:
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
        Finds all character n-grams of the vocabulary in one pass, values index ``weights``, and after them the borders.
    weights : tuple of float
        Natural-log weights of the n-grams, calibration folded in.
    promise_weights : mapping of str to float
        The same for promise tokens.
    bias, prior_log_odds : float
        Calibrated intercept and the log-odds of the share of positives in training.
    run_characters : int
        Longest run of neighbouring pieces that may speak together.
    undamped_characters : int
        Longer runs are damped by the square root of their length.
    """

    channel: str
    version: str
    automaton: Any
    weights: tuple[float, ...]
    promise_weights: Mapping[str, float]
    bias: float
    prior_log_odds: float
    run_characters: int
    undamped_characters: int

    def opinion(self, fields: tuple[Field, ...]) -> ModelOpinion:
        """Give the opinion on the fields of one submission."""
        scored = [self._scored(field) for field in fields]
        scores = [score for field in scored for score in field.scores]
        lengths = [length for field in scored for length in field.lengths]
        first, last, best = strongest_run(scores, lengths, self.run_characters, self.undamped_characters)
        log_odds = self.bias + best
        decibans = (log_odds - self.prior_log_odds) * DECIBANS_PER_NAT
        terms: list[TermWeight] = []
        if decibans > 0:
            share = damping(sum(lengths[first:last]), self.undamped_characters) * DECIBANS_PER_NAT
            for field in scored:
                terms += self._terms(field, first, last, share)
                first, last = first - len(field.scores), last - len(field.scores)
            terms.sort(key=lambda t: (-t.decibans, t.field, t.start))
        return ModelOpinion(sigmoid(log_odds), decibans, tuple(terms[:MOST_TERMS]))

    def _scored(self, field: Field) -> "_ScoredField":
        """Score the pieces of a field: one automaton pass, borders found with it.

        The pieces are those of :func:`pieces_of`, since no n-gram of the vocabulary holds a border.
        """
        text = text_of(field)
        weights, first_border = self.weights, len(self.weights)
        is_cut = field.name != "name"
        hits = self.automaton.find_overlapping(text)
        starts, scores, lengths, seen, score = [0], [], [], set[int](), 0.0
        for _, end, token in hits:
            if token >= first_border:
                if is_cut:
                    lengths.append(end - 1 - starts[-1])
                    starts.append(end)
                    scores.append(score)
                    seen, score = set(), 0.0
            elif token not in seen:
                seen.add(token)
                score += weights[token]
        if starts[-1] < len(text):
            lengths.append(len(text) - starts[-1])
            starts.append(len(text))
            scores.append(score)
        if is_cut and self.promise_weights:
            for piece, tokens in promise_tokens(field.promises, starts).items():
                scores[piece] += sum(self.promise_weights.get(token, 0.0) for token in tokens)
        return _ScoredField(field, starts, lengths, scores, hits)

    def _terms(self, scored: "_ScoredField", first: int, last: int, share: float) -> list[TermWeight]:
        """Name the words of a run of pieces that spoke most: its heaviest n-grams, joined where they overlap.

        ``share`` turns the weight of an n-gram into decibans of the run.
        """
        pieces = len(scored.scores)
        start, end = (scored.starts[max(0, min(piece, pieces))] for piece in (first, last))
        weights, field = self.weights, scored.field
        places: dict[int, Span] = {}
        for begin, finish, gram in scored.hits:
            if start <= begin < end and gram < len(weights) and weights[gram] >= LEAST_WEIGHT and gram not in places:
                places[gram] = begin, finish
        terms: list[TermWeight] = []
        for gram in sorted(nlargest(MOST_GRAMS, places, key=weights.__getitem__), key=places.__getitem__):
            (begin, finish), weight = places[gram], weights[gram] * share
            if terms and begin < terms[-1].end:
                joined = terms.pop()
                begin, finish, weight = joined.start, max(joined.end, finish), joined.decibans + weight
            terms.append(TermWeight(field.name, begin, finish, weight))
        return [term for term in terms if _is_readable(field.readable[term.start : term.end])]


class _ScoredField(NamedTuple):
    """The pieces of a field with what they score."""

    field: Field
    starts: list[int]
    """Where each piece begins, and where the last one ends."""
    lengths: list[int]
    """Characters of each piece without its border."""
    scores: list[float]
    hits: Sequence[tuple[int, int, int]]


def _is_readable(words: str) -> bool:
    """Whether words mean something to a person: at least two letters, digits or Chinese characters."""
    return sum(map(str.isalnum, words)) >= LEAST_CHARACTERS


def sigmoid(log_odds: float) -> float:
    """Probability of log-odds in nats, without overflow."""
    if log_odds >= 0:
        return 1 / (1 + math.exp(-log_odds))
    return math.exp(log_odds) / (1 + math.exp(log_odds))
