"""Write a fitted classifier for analysts (joblib) and for the service (npz), with a card that names both by SHA-256."""

import hashlib
import io
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import yaml
from numpy.typing import NDArray

from risk_screen.classifier.loading import read_card, verified_bytes
from risk_screen.learning.strongest_run import StrongestRunClassifier

PIPELINE, SCORER, CARD = "pipeline.joblib", "scorer.npz", "card.yaml"


def scorer_arrays(model: StrongestRunClassifier) -> dict[str, NDArray[Any]]:
    """Fold the calibration into the weights, so that the service adds up numbers and nothing else.

    Returns
    -------
    dict
        ``grams`` and ``gram_weights`` (same length), ``promise_tokens`` and ``promise_weights`` (same length),
        scalars ``bias``, ``prior_log_odds`` (nats), ``run_characters`` and
        ``undamped_characters``.
    """
    slope = float(model.calibration_.coef_[0][0])
    tokens = model.pipeline_[:-1].get_feature_names_out()
    weights = model.pipeline_["weights"].coef_[0] * slope
    is_promise = np.array([token.startswith("<promise") for token in tokens])
    bias = slope * float(model.pipeline_["weights"].intercept_[0]) + float(model.calibration_.intercept_[0])
    return {
        "grams": np.array([str(token) for token in tokens[~is_promise]]),
        "gram_weights": weights[~is_promise],
        "promise_tokens": np.array([str(token) for token in tokens[is_promise]], dtype="U40"),
        "promise_weights": weights[is_promise],
        "bias": np.array(bias),
        "prior_log_odds": np.array(np.log(model.prior_ / (1 - model.prior_))),
        "run_characters": np.array(model.run_characters),
        "undamped_characters": np.array(model.undamped_characters),
    }


def export(model: StrongestRunClassifier, directory: Path, card: Mapping[str, Any]) -> str:
    """Write all three files: each beside its place and then moved there, the card last.

    Returns
    -------
    str
        The version of the model: the day of training and the first digits of the scorer's SHA-256.
    """
    directory.mkdir(parents=True, exist_ok=True)
    scorer, pipeline = io.BytesIO(), io.BytesIO()
    np.savez(scorer, allow_pickle=False, **scorer_arrays(model))
    joblib.dump(model, pipeline, compress=3)
    contents = {SCORER: scorer.getvalue(), PIPELINE: pipeline.getvalue()}
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    version = f"{card['trained_on']}-{hashes[SCORER][:8]}"
    content_of_card = {"channel": model.channel, "version": version, **card, "files": hashes}
    text = yaml.safe_dump(content_of_card, allow_unicode=True, sort_keys=False, width=110)
    for name, content in {**contents, CARD: text.encode()}.items():
        _write(directory / name, content)
    return version


def load_pipeline(directory: Path) -> StrongestRunClassifier:
    """Load the analysts' pipeline, only after the card's SHA-256 is checked (a joblib file runs code when it is read).

    Raises
    ------
    ModelError
        When a file is missing or changed.
    """
    content = verified_bytes(directory, PIPELINE, read_card(directory))
    model = joblib.load(io.BytesIO(content))
    assert isinstance(model, StrongestRunClassifier)
    return model


def _write(path: Path, content: bytes) -> None:
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    Path(file.name).chmod(0o644)
    Path(file.name).replace(path)
