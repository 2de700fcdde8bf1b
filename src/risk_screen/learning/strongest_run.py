"""The scikit-learn side of the classifier: logistic regression over the tokens of a text's strongest run of pieces."""

import sys
from collections.abc import Sequence
from functools import lru_cache, partial
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags_array
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.feature_selection import SelectFromModel
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import Pipeline

from risk_screen.classifier.pieces import BORDERS, Piece, tokens_of
from risk_screen.classifier.runs import Run, damping, strongest_run

Document = tuple[Piece, ...]


class RunTokens:
    """Analyzer for CountVectorizer: the distinct tokens of each piece of a run, one piece after the other."""

    def __init__(self, sizes: tuple[int, int], borders: str) -> None:
        self.sizes = sizes
        self.borders = borders

    def __call__(self, run: Document) -> list[str]:
        """Name the tokens of a run."""
        return [token for piece in run for token in _tokens(piece, self.sizes, self.borders)]


@lru_cache(maxsize=100_000)
def _tokens(piece: Piece, sizes: tuple[int, int], borders: str) -> tuple[str, ...]:
    """Tokens of a piece, kept: a fit reads every piece some twenty times."""
    return tuple(map(sys.intern, tokens_of(piece, sizes, borders)))


class DampedCounts(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """Counts of tokens in runs of pieces, damped by the length of the run as the service damps its sum.

    Parameters
    ----------
    tokens : CountVectorizer
        Counts in how many pieces of a run each token stands.
    undamped : int
        Runs of at most so many characters keep their counts.
    """

    def __init__(self, tokens: CountVectorizer, undamped: int) -> None:
        self.tokens = tokens
        self.undamped = undamped

    def fit(self, runs: Sequence[Document], y: object = None) -> Self:
        """Learn the tokens."""
        self.tokens.fit(runs)
        return self

    def transform(self, runs: Sequence[Document]) -> csr_matrix:
        """Damped counts, shape (n_runs, n_tokens)."""
        shares = [damping(sum(piece.characters for piece in run), self.undamped) for run in runs]
        return diags_array(shares) @ self.tokens.transform(runs)

    def get_feature_names_out(self, input_features: object = None) -> NDArray[Any]:
        """Name the tokens."""
        names: NDArray[Any] = self.tokens.get_feature_names_out()
        return names


class StrongestRunClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """Score a text by its strongest run of neighbouring pieces.

    A harmless text is harmless in every run, so training repeats: fit, find the strongest run of every text, fit on
    whole texts and strongest runs together (multiple-instance learning, Andrews et al. 2003). Probabilities come from a
    logistic calibration of out-of-fold scores.

    Parameters
    ----------
    channel : str
        Decides the borders between pieces.
    inverse_penalty : float
        ``C`` of the logistic regression.
    sizes : tuple of int
        Smallest and largest character n-gram.
    min_documents : int
        Tokens in fewer training runs are dropped.
    most_tokens : int
        Only so many tokens are kept, those that weigh most in a first fit: what hardly weighs only costs time.
    rounds : int
        Times the strongest runs are looked for again.
    run_characters : int
        Longest run of neighbouring pieces that may speak together.
    undamped_characters : int
        Longer runs are damped by the square root of their length.
    folds : int
        Folds of the calibration; near-duplicates share a fold.
    """

    def __init__(  # noqa: PLR0913 - a scikit-learn estimator names its settings here
        self,
        channel: str = "marketing",
        *,
        inverse_penalty: float = 0.05,
        sizes: tuple[int, int] = (2, 3),
        min_documents: int = 3,
        most_tokens: int = 4000,
        rounds: int = 2,
        run_characters: int = 400,
        undamped_characters: int = 30,
        folds: int = 5,
    ) -> None:
        self.channel = channel
        self.inverse_penalty = inverse_penalty
        self.sizes = sizes
        self.min_documents = min_documents
        self.most_tokens = most_tokens
        self.rounds = rounds
        self.run_characters = run_characters
        self.undamped_characters = undamped_characters
        self.folds = folds

    def fit(self, documents: Sequence[Document], y: Sequence[int], groups: Sequence[Any] | None = None) -> Self:
        """Fit weights and calibration; rows of one group are never split between folds."""
        labels = np.asarray(y)
        names = np.arange(len(documents)) if groups is None else np.asarray(groups)
        scores = np.zeros(len(documents))
        for train, held_out in GroupKFold(self.folds).split(scores, labels, names):
            pipeline = self._fit_pipeline([documents[i] for i in train], labels[train])
            scores[held_out] = self._scores(pipeline, [documents[i] for i in held_out])
        self.calibration_ = LogisticRegression(C=1e6).fit(scores.reshape(-1, 1), labels)
        self.out_of_fold_scores_ = scores
        self.pipeline_ = self._fit_pipeline(documents, labels)
        self.classes_ = np.array([0, 1])
        self.prior_ = float(labels.mean())
        return self

    def decision_function(self, documents: Sequence[Document]) -> NDArray[np.float64]:
        """Calibrated log-odds (nats), shape (n_documents,)."""
        scores = self._scores(self.pipeline_, documents)
        calibrated: NDArray[np.float64] = self.calibration_.decision_function(scores.reshape(-1, 1))
        return calibrated

    def predict_proba(self, documents: Sequence[Document]) -> NDArray[np.float64]:
        """Calibrated probabilities, shape (n_documents, 2)."""
        positive = 1 / (1 + np.exp(-self.decision_function(documents)))
        return np.column_stack([1 - positive, positive])

    def predict(self, documents: Sequence[Document]) -> NDArray[np.int64]:
        """1 where the probability is at least one half, shape (n_documents,)."""
        labels: NDArray[np.int64] = (self.decision_function(documents) >= 0).astype(np.int64)
        return labels

    def _fit_pipeline(self, documents: Sequence[Document], labels: NDArray[Any]) -> Pipeline:
        runs, targets = list(documents), labels
        pipeline = self._new_pipeline().fit(runs, targets)
        for _ in range(self.rounds):
            runs_found = zip(documents, self._runs(pipeline, documents), strict=True)
            strongest = [document[first:last] for document, (first, last, _) in runs_found]
            pipeline = self._new_pipeline().fit([*runs, *strongest], np.concatenate([targets, labels]))
        return pipeline

    def _new_pipeline(self) -> Pipeline:
        tokens = CountVectorizer(
            analyzer=RunTokens(self.sizes, BORDERS[self.channel]), min_df=self.min_documents, dtype=np.float64
        )
        heavy = SelectFromModel(
            self._new_regression(), threshold=-np.inf, max_features=partial(_at_most, self.most_tokens)
        )
        counts = DampedCounts(tokens, self.undamped_characters)
        return Pipeline([("counts", counts), ("heavy", heavy), ("weights", self._new_regression())])

    def _new_regression(self) -> LogisticRegression:
        return LogisticRegression(C=self.inverse_penalty, class_weight="balanced", max_iter=2000)

    def _scores(self, pipeline: Pipeline, documents: Sequence[Document]) -> NDArray[np.float64]:
        bias = float(pipeline["weights"].intercept_[0])
        return np.array([bias + strength for _, _, strength in self._runs(pipeline, documents)])

    def _runs(self, pipeline: Pipeline, documents: Sequence[Document]) -> list[Run]:
        """The strongest run of every document; all pieces are counted at once."""
        pieces = [(piece,) for document in documents for piece in document]
        if not pieces:
            return [(0, 0, 0.0)] * len(documents)
        counts = pipeline["heavy"].transform(pipeline["counts"].tokens.transform(pieces))
        scores = iter((counts @ pipeline["weights"].coef_[0]).tolist())
        return [
            strongest_run(
                [next(scores) for _ in document],
                [piece.characters for piece in document],
                self.run_characters,
                self.undamped_characters,
            )
            for document in documents
        ]


def _at_most(most: int, counts: Any) -> int:
    """How many columns of a matrix of counts to keep."""
    return min(most, int(counts.shape[1]))
