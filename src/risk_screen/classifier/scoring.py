"""The classifier's opinion: the strongest run of neighbouring pieces, its probability, the words that speak for it.

The score of a piece is the sum of the weights of the tokens it holds (each once); the score of a text is that of its
strongest run of neighbouring pieces (:mod:`risk_screen.classifier.runs`). Text added beside a passage can therefore
never lower its opinion.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from heapq import nlargest
from typing import Any, NamedTuple

from risk_screen.classifier.pieces import promise_tokens, spans_of_pieces, text_of
from risk_screen.classifier.runs import damping, strongest_run
from risk_screen.rules.reading import Field
from risk_screen.text.blocks import hits_in_blocks
from risk_screen.text.folding import Span

DECIBANS_PER_NAT = 10 / math.log(10)
MOST_TERMS, MOST_GRAMS = 8, 24
LEAST_WEIGHT, LEAST_CHARACTERS = 0.1, 2
MOST_ITEMS, LONGEST_ITEM = 16_384, 40
"""Items of registrations whose scores are kept, and the characters of the longest of them."""


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
    score_of_item : callable
        Score of one item. Registrations are put together from standard items (经营范围规范表述), whose scores are kept.
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
    score_of_item: Callable[[str], float] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Keep the scores of the items met last where items recur."""
        score = partial(score_of, self.automaton, self.weights, self.longest)
        kept = lru_cache(maxsize=MOST_ITEMS)(score)
        object.__setattr__(self, "score_of_item", kept if self.channel == "registration" else score)

    def opinion(self, fields: tuple[Field, ...]) -> ModelOpinion:
        """Give the opinion on the fields of one submission."""
        scored = [self._scored(field) for field in fields]
        scores = [score for field in scored for score in field.scores]
        lengths = [end - start for field in scored for start, end in field.spans]
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
        """Score the pieces of a field; the items of a registration recur, so their scores are kept."""
        text = text_of(field)
        spans = spans_of_pieces(field.name, text, self.channel)
        longest_kept = 0 if field.name == "name" else LONGEST_ITEM
        scores = [
            self.score_of_item(text[start:end])
            if end - start <= longest_kept
            else score_of(self.automaton, self.weights, self.longest, text[start:end])
            for start, end in spans
        ]
        if self.promise_weights and field.promises and spans:
            for piece, tokens in promise_tokens(field.promises, [start for start, _ in spans]).items():
                scores[piece] += sum(self.promise_weights.get(token, 0.0) for token in tokens)
        return _ScoredField(field, text, spans, scores)

    def _terms(self, scored: "_ScoredField", first: int, last: int, share: float) -> list[TermWeight]:
        """Name the words of a run of pieces that spoke most: its heaviest n-grams, joined where they overlap.

        ``share`` turns the weight of an n-gram into decibans of the run.
        """
        run = scored.spans[max(0, first) : max(0, last)]
        if not run:
            return []
        start, end = run[0][0], run[-1][1]
        weights, field = self.weights, scored.field
        places: dict[int, Span] = {}
        for begin, finish, gram in self.automaton.find_overlapping(scored.text[start:end]):
            if weights[gram] >= LEAST_WEIGHT and gram not in places:
                places[gram] = start + begin, start + finish
        heaviest = nlargest(MOST_GRAMS, places, key=weights.__getitem__) if len(places) > MOST_GRAMS else places
        joined: list[tuple[int, int, float]] = []
        for gram in sorted(heaviest, key=places.__getitem__):
            (begin, finish), weight = places[gram], weights[gram] * share
            if joined and begin < joined[-1][1]:
                before = joined.pop()
                begin, finish, weight = before[0], max(before[1], finish), before[2] + weight
            joined.append((begin, finish, weight))
        return [TermWeight(field.name, *term) for term in joined if _is_readable(field.readable[term[0] : term[1]])]


class _ScoredField(NamedTuple):
    """The pieces of a field with what they score."""

    field: Field
    text: str
    """The field as the classifier reads it."""
    spans: list[Span]
    scores: list[float]


def score_of(automaton: Any, weights: Sequence[float], longest: int, piece: str) -> float:
    """Sum of the weights of the distinct n-grams of a piece, in the order in which they end."""
    found: dict[int, None] = {}
    for _, hits in hits_in_blocks(automaton, piece, longest):
        found |= dict.fromkeys([gram for _, _, gram in hits])
    return sum(map(weights.__getitem__, found), 0.0)


def _is_readable(words: str) -> bool:
    """Whether words mean something to a person: at least two letters, digits or Chinese characters."""
    return sum(map(str.isalnum, words)) >= LEAST_CHARACTERS


def sigmoid(log_odds: float) -> float:
    """Probability of log-odds in nats, without overflow."""
    if log_odds >= 0:
        return 1 / (1 + math.exp(-log_odds))
    return math.exp(log_odds) / (1 + math.exp(log_odds))
