"""The classifier's opinion: the strongest run of neighbouring pieces, its probability, and the words that spoke for it.

The score of a piece is the sum of the weights of the tokens it holds (each once, no length norm); the score of a text is the
highest sum over neighbouring pieces. Text added beside a passage can therefore never lower the opinion of the passage.
"""

import math
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from risk_screen.classifier.pieces import Piece, pieces_of
from risk_screen.rules.reading import Field

DECIBANS_PER_NAT = 10 / math.log(10)
MOST_TERMS = 8


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
        Finds all character n-grams of the vocabulary in one pass; values index ``weights``.
    weights : tuple of float
        Natural-log weights of the n-grams, calibration folded in.
    promise_weights : mapping of str to float
        The same for promise tokens.
    bias, prior_log_odds : float
        Calibrated intercept and the log-odds of the share of positives in training.
    run_characters : int
        Longest run of neighbouring pieces that may speak together.
    """

    channel: str
    version: str
    automaton: Any
    weights: tuple[float, ...]
    promise_weights: Mapping[str, float]
    bias: float
    prior_log_odds: float
    run_characters: int

    def opinion(self, fields: tuple[Field, ...]) -> ModelOpinion:
        """Give the opinion on the fields of one submission."""
        pieces = pieces_of(fields, self.channel)
        scores = [self.score_of(piece) for piece in pieces]
        first, last, best = strongest_run(scores, [len(p.text) for p in pieces], self.run_characters)
        log_odds = self.bias + best
        decibans = (log_odds - self.prior_log_odds) * DECIBANS_PER_NAT
        terms = self._terms(fields, pieces[first:last]) if decibans > 0 else ()
        return ModelOpinion(sigmoid(log_odds), decibans, terms)

    def score_of(self, piece: Piece) -> float:
        """Sum the weights of the distinct tokens of a piece, in nats."""
        grams = {match[2] for match in self.automaton.find_overlapping(piece.text)}
        score = math.fsum(map(self.weights.__getitem__, grams))
        for token in piece.promise_tokens:
            score += self.promise_weights.get(token, 0.0)
        return score

    def _terms(self, fields: tuple[Field, ...], pieces: Sequence[Piece]) -> tuple[TermWeight, ...]:
        found = [term for piece in pieces for term in self._terms_of(piece, fields[piece.field])]
        return tuple(sorted(found, key=lambda t: (-t.decibans, t.field, t.start))[:MOST_TERMS])

    def _terms_of(self, piece: Piece, field: Field) -> list[TermWeight]:
        """Join the n-grams that overlap and speak for the opinion into words; each n-gram counts once."""
        terms: list[TermWeight] = []
        seen: set[int] = set()
        for start, end, gram in sorted(self.automaton.find_overlapping(piece.text)):
            weight = self.weights[gram] * DECIBANS_PER_NAT
            if weight <= 0 or gram in seen:
                continue
            seen.add(gram)
            begin, finish = piece.start + start, piece.start + end
            last = terms[-1] if terms else None
            if last is not None and begin < last.end:
                terms[-1] = TermWeight(field.name, last.start, max(last.end, finish), last.decibans + weight)
            else:
                terms.append(TermWeight(field.name, begin, finish, weight))
        return terms


def strongest_run(scores: Sequence[float], lengths: Sequence[int], limit: int) -> tuple[int, int, float]:
    """Find the neighbouring pieces with the highest sum, at most ``limit`` characters together (or one piece).

    Returns
    -------
    first, last : int
        Half-open indices of the run.
    sum : float
        Its score; 0.0 for no pieces. Linear time: prefix sums and a queue of the lowest prefixes in reach.
    """
    best: tuple[int, int, float] = (0, 0, -math.inf)
    prefix, characters = [0.0], [0]
    lowest: deque[int] = deque()
    for j, (score, length) in enumerate(zip(scores, lengths, strict=True)):
        while lowest and prefix[lowest[-1]] >= prefix[j]:
            lowest.pop()
        lowest.append(j)
        prefix.append(prefix[j] + score)
        characters.append(characters[j] + length)
        while lowest[0] < j and characters[j + 1] - characters[lowest[0]] > limit:
            lowest.popleft()
        total = prefix[j + 1] - prefix[lowest[0]]
        if total > best[2]:
            best = (lowest[0], j + 1, total)
    return best if scores else (0, 0, 0.0)


def sigmoid(log_odds: float) -> float:
    """Probability of log-odds in nats, without overflow."""
    if log_odds >= 0:
        return 1 / (1 + math.exp(-log_odds))
    return math.exp(log_odds) / (1 + math.exp(log_odds))
