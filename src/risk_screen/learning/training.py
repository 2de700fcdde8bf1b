"""Train the classifier of one channel on the labelled corpus and measure it on the part it never saw."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import sklearn
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

from risk_screen.classifier.pieces import pieces_of
from risk_screen.learning.corpus import FIELDS, corpus_sha256, read_corpus
from risk_screen.learning.exporting import export
from risk_screen.learning.strongest_run import Document, StrongestRunClassifier
from risk_screen.rules.compiled_rulebook import CompiledRulebook
from risk_screen.rules.reading import read_field

# Registration: by cross-validation on the training part. Marketing: by groups of writers held out; see docs/quality.md.
SETTINGS: dict[str, dict[str, Any]] = {
    "marketing": {
        "inverse_penalty": 0.3,
        "sizes": (1, 3),
        "min_documents": 3,
        "most_tokens": 12000,
        "rounds": 2,
        "run_characters": 400,
        "undamped_characters": 30,
    },
    "registration": {
        "inverse_penalty": 0.5,
        "sizes": (1, 2),
        "min_documents": 2,
        "most_tokens": 1500,
        "rounds": 1,
        "run_characters": 1000,
        "undamped_characters": 1000,
    },
}
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class TrainingReport:
    """What came out of a training: the version and figures on the validation part."""

    channel: str
    version: str
    figures: dict[str, float]


def train(  # noqa: PLR0913 - the arguments of the command
    channel: str, *, corpus: Path, output: Path, book: CompiledRulebook, trained_on: date, progress: Progress = print
) -> TrainingReport:
    """Train, measure on the validation part, and write ``output/<channel>/``.

    Raises
    ------
    CorpusError
        When the corpus cannot be read; nothing is written then.
    """
    progress(f"读取语料（{channel}）……")
    rows = read_corpus(corpus, channel)
    documents = read_documents(rows, channel, book)
    is_train = (rows["part"] == "train").to_numpy()
    progress(f"训练 {int(is_train.sum())} 条，验证 {int((~is_train).sum())} 条……")
    model = StrongestRunClassifier(channel, **SETTINGS[channel]).fit(
        _take(documents, is_train), rows["label"][is_train], rows["cluster"][is_train]
    )
    probability = model.predict_proba(_take(documents, ~is_train))[:, 1]
    figures = measure(rows["label"][~is_train].to_numpy(), probability)
    card = {"trained_on": trained_on.isoformat(), **_card(channel, rows, figures, book)}
    version = export(model, output / channel, card)
    progress(f"已写入 {channel}/，版本 {version}")
    return TrainingReport(channel, version, figures)


def read_documents(rows: pd.DataFrame, channel: str, book: CompiledRulebook) -> list[Document]:
    """Read every row as the service does: fold, mask, find promises, cut into pieces."""
    names = FIELDS[channel]
    return [
        pieces_of(tuple(read_field(n, t, book, channel) for n, t in zip(names, row, strict=True) if t.strip()), channel)
        for row in rows[list(names)].itertuples(index=False)
    ]


def measure(labels: NDArray[np.int64], probability: NDArray[np.float64]) -> dict[str, float]:
    """AUC, average precision and Brier score, rounded to 0.0001."""
    return {
        "auc": round(float(roc_auc_score(labels, probability)), 4),
        "average_precision": round(float(average_precision_score(labels, probability)), 4),
        "brier": round(float(brier_score_loss(labels, probability)), 4),
    }


def _take(documents: Sequence[Document], chosen: NDArray[np.bool_]) -> list[Document]:
    return [document for document, keep in zip(documents, chosen, strict=True) if keep]


def _card(channel: str, rows: pd.DataFrame, figures: dict[str, float], book: CompiledRulebook) -> dict[str, Any]:
    counts = rows.groupby(["part", "label"]).size()
    return {
        "purpose": "对文本“像不像查实的非法集资宣传或需会商的登记”给出校准概率；只作一项证据，不单独决定去向",
        "method": "character n-grams and promise structure, binary per piece; logistic regression on the strongest"
        " run of pieces; logistic calibration on out-of-fold scores",
        "settings": {k: list(v) if isinstance(v, tuple) else v for k, v in SETTINGS[channel].items()},
        "trained_with": {"scikit-learn": sklearn.__version__, "rulebook": book.version},
        "corpus": {
            "sha256": corpus_sha256(rows, channel),
            "rows": {f"{part}_{label}": int(count) for (part, label), count in counts.items()},
            "source": "models/corpus，均为自撰文本，见其 README",
        },
        "validation": figures,
        "limits": "语料为自撰，与真实比例不同；对方言、图片文字、全新名目可能失准；只在 Linux x86-64 上测过",
    }
