"""Does the classifier of flyers see through a writer's style? The texts of each group of writers held out in turn.

Files of models/corpus/marketing are grouped so that each group holds both labels and no writer stands in two groups.
Printed is the AUC of a model fitted on all other groups, for all texts of the group and with its subtle pitches alone.
Beside it the simplest whole-text model: TF-IDF over character 1- to 3-grams.
"""

from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline

from risk_screen.learning.corpus import read_corpus
from risk_screen.learning.strongest_run import Document, StrongestRunClassifier
from risk_screen.learning.training import SETTINGS, read_documents
from risk_screen.wiring import load_book

GROUPS: Final = {
    "first writers, A-J": ("pitches_a_j", "negatives_finance"),
    "first writers, K-T": ("pitches_k_t", "negatives_ordinary"),
    "long texts and SMS": ("long_and_sms", "sms_neighbours", "sms_pitches"),
    "property SMS and platform pages": ("sms-invest", "platform-pages"),
    "articles and licensed pages": ("articles-1", "licensed-1"),
    "mixed D": ("mixed-d",),
    "mixed E": ("mixed-e",),
    "subtle pitches and twins": ("subtle-2", "neighbours-2"),
    "platforms of themselves": ("platform-intros", "platform-voices"),
}


def main() -> None:
    rows = read_corpus(Path("models/corpus"), "marketing")
    documents = read_documents(rows, "marketing", load_book())
    print(f"{'held out':<34} {'texts':>6} {'AUC':>6} {'subtle':>7} {'TF-IDF':>7} {'subtle':>7}")
    for name, files in GROUPS.items():
        held_out = rows["source"].isin(files).to_numpy()
        scores = (_strongest_runs(documents, rows, held_out), _whole_texts(rows, held_out))
        figures = [figure for score in scores for figure in _aucs(rows[held_out], score)]
        print(f"{name:<34} {held_out.sum():>6} " + " ".join(f"{figure:>6.3f} " for figure in figures), flush=True)


def _strongest_runs(documents: list[Document], rows: pd.DataFrame, held_out: np.ndarray) -> np.ndarray:
    model = StrongestRunClassifier("marketing", **SETTINGS["marketing"])
    known = [document for document, out in zip(documents, held_out, strict=True) if not out]
    model.fit(known, rows["label"][~held_out], rows["cluster"][~held_out])
    return model.decision_function([document for document, out in zip(documents, held_out, strict=True) if out])


def _whole_texts(rows: pd.DataFrame, held_out: np.ndarray) -> np.ndarray:
    model = make_pipeline(
        TfidfVectorizer(analyzer="char", ngram_range=(1, 3), min_df=2, sublinear_tf=True),
        LogisticRegression(C=10, class_weight="balanced", max_iter=2000),
    )
    model.fit(rows["text"][~held_out], rows["label"][~held_out])
    return model.decision_function(rows["text"][held_out])


def _aucs(rows: pd.DataFrame, scores: np.ndarray) -> tuple[float, float]:
    """Of all texts, and of the subtle pitches beside all harmless texts."""
    labels = rows["label"].to_numpy()
    some = ((rows["subtlety"] == "subtle") | (rows["label"] == 0)).to_numpy()
    return float(roc_auc_score(labels, scores)), float(roc_auc_score(labels[some], scores[some]))


if __name__ == "__main__":
    main()
