"""Load a classifier from its folder: card.yaml and scorer.npz, only after the card's SHA-256 is checked."""

import hashlib
import io
from pathlib import Path
from typing import Any

import daachorse
import numpy as np
import yaml

from risk_screen.classifier.scoring import Classifier
from risk_screen.errors import RiskScreenError

MOST_BYTES = 64 * 2**20


class ModelError(RiskScreenError):
    """A classifier that must not be used: missing, changed, or not of this program."""

    code = "model_unusable"


def read_card(directory: Path) -> dict[str, Any]:
    """Read ``card.yaml``: what the model is, what it was trained on, and the SHA-256 of its files.

    Raises
    ------
    ModelError
        When the card is missing or is no mapping.
    """
    path = directory / "card.yaml"
    try:
        card = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ModelError(
            f"读不到模型说明 {path.name}（{directory.name}）：请确认模型目录完整，或重新运行 risk-screen train。"
        ) from error
    if not isinstance(card, dict) or not isinstance(card.get("files"), dict):
        raise ModelError(
            f"模型说明 {path.name}（{directory.name}）缺少 files 一节：请恢复原文件，或重新运行 risk-screen train。"
        )
    return card


def verified_bytes(directory: Path, name: str, card: dict[str, Any]) -> bytes:
    """Read a model file and return it only if its SHA-256 is the one in the card.

    Raises
    ------
    ModelError
        When the file is missing, too large or not the one the card names.
    """
    try:
        with (directory / name).open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise ModelError(
            f"读不到模型文件 {name}（{directory.name}）：请恢复原文件，或重新运行 risk-screen train。"
        ) from error
    if hashlib.sha256(content).hexdigest() != card["files"].get(name):
        raise ModelError(
            f"模型文件 {name}（{directory.name}）与说明中的 SHA-256 不符，可能被改动或替换，已拒绝加载："
            "请恢复原文件，或重新运行 risk-screen train。"
        )
    return content


def load_classifier(directory: Path) -> Classifier:
    """Load the compiled scorer of one channel.

    Raises
    ------
    ModelError
        When a file is missing, changed or of an unknown format.
    """
    card = read_card(directory)
    content = verified_bytes(directory, "scorer.npz", card)
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        channel = str(card["channel"])
        grams, weights = arrays["grams"].tolist(), arrays["gram_weights"].tolist()
        promise_weights = dict(zip(arrays["promise_tokens"].tolist(), arrays["promise_weights"].tolist(), strict=True))
        return Classifier(
            channel=channel,
            version=str(card["version"]),
            automaton=daachorse.CharwiseDoubleArrayAhoCorasick(grams),
            weights=tuple(weights),
            longest=max(map(len, grams), default=0),
            promise_weights=promise_weights,
            bias=float(arrays["bias"]),
            prior_log_odds=float(arrays["prior_log_odds"]),
            run_characters=int(arrays["run_characters"]),
            undamped_characters=int(arrays["undamped_characters"]),
        )
    except (KeyError, ValueError) as error:
        raise ModelError(
            f"模型（{directory.name}）的格式不是本程序能读的：请用本版本重新运行 risk-screen train。"
        ) from error
