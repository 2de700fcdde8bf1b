"""Load a classifier from its folder: card.yaml and scorer.npz, only after the card's SHA-256 is checked."""

import hashlib
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import daachorse
import numpy as np
import yaml
from numpy.typing import NDArray

from risk_screen.classifier.scoring import Classifier
from risk_screen.errors import RiskScreenError

MOST_BYTES: Final = 64 * 2**20
MOST_CARD_BYTES: Final = 2**20
MOST_UNPACKED_BYTES: Final = 256 * 2**20
WORDS: Final = ("grams", "promise_tokens")
WEIGHTS: Final = ("gram_weights", "promise_weights")
NUMBERS: Final = ("bias", "prior_log_odds", "run_characters", "undamped_characters")

Arrays = Mapping[str, NDArray[Any]]


class ModelError(RiskScreenError):
    """A classifier that must not be used: missing, changed, or not of this program."""

    code = "model_unusable"


class _FormatError(Exception):
    """The bytes are the ones the card names, but no scorer of this program."""


def read_card(directory: Path) -> dict[str, Any]:
    """Read ``card.yaml``: what the model is, what it was trained on, and the SHA-256 of its files.

    Raises
    ------
    ModelError
        When the card is missing, too large or is no mapping.
    """
    path = directory / "card.yaml"
    try:
        card = yaml.safe_load(_content(path, MOST_CARD_BYTES).decode("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError, _FormatError) as error:
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
        content = _content(directory / name, MOST_BYTES)
    except (OSError, _FormatError) as error:
        raise ModelError(
            f"读不到模型文件 {name}（{directory.name}）：请恢复原文件，或重新运行 risk-screen train。"
        ) from error
    if hashlib.sha256(content).hexdigest() != card["files"].get(name):
        raise ModelError(
            f"模型文件 {name}（{directory.name}）与说明中的 SHA-256 不符，可能被改动或替换，已拒绝加载："
            "请恢复原文件，或重新运行 risk-screen train。"
        )
    return content


def load_classifier(directory: Path, channel: str | None = None) -> Classifier:
    """Load the compiled scorer of one channel.

    Parameters
    ----------
    directory : Path
    channel : str, optional
        The channel it will serve; a model made for another is refused.

    Raises
    ------
    ModelError
        When a file is missing, changed, of an unknown format, or of another channel.
    """
    card = read_card(directory)
    content = verified_bytes(directory, "scorer.npz", card)
    made_for, version = card.get("channel"), card.get("version")
    if channel is not None and made_for != channel:
        raise ModelError(
            f"模型（{directory.name}）不是为渠道 {channel} 训练的，可能放错了目录，已拒绝加载："
            "请把各渠道的模型放回自己的目录，或重新运行 risk-screen train。"
        )
    try:
        if not isinstance(made_for, str) or not isinstance(version, str):
            raise _FormatError
        return _classifier(made_for, version, _arrays(content))
    except (_FormatError, KeyError, ValueError, TypeError, EOFError, MemoryError, zipfile.BadZipFile) as error:
        raise ModelError(
            f"模型（{directory.name}）的格式不是本程序能读的：请用本版本重新运行 risk-screen train。"
        ) from error


def _content(path: Path, most: int) -> bytes:
    with path.open("rb") as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise _FormatError
    return content


def _arrays(content: bytes) -> Arrays:
    """Unpack the arrays a scorer is made of, nothing else, and never more than a scorer can need."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        if sum(entry.file_size for entry in packed.infolist()) > MOST_UNPACKED_BYTES:
            raise _FormatError
    with np.load(io.BytesIO(content), allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in (*WORDS, *WEIGHTS, *NUMBERS)}
    if not all(arrays[name].ndim == 1 and arrays[name].dtype.kind == "U" for name in WORDS):
        raise _FormatError
    if not all(arrays[name].dtype.kind == "f" and np.isfinite(arrays[name]).all() for name in WEIGHTS):
        raise _FormatError
    if not all(arrays[name].shape == () and np.isfinite(arrays[name]) for name in NUMBERS):
        raise _FormatError
    return arrays


def _classifier(channel: str, version: str, arrays: Arrays) -> Classifier:
    grams: list[str] = arrays["grams"].tolist()
    run_characters, undamped = int(arrays["run_characters"]), int(arrays["undamped_characters"])
    if len(grams) != len(arrays["gram_weights"]) or len({"", *grams}) <= len(grams):
        raise _FormatError
    if min(run_characters, undamped) < 1:
        raise _FormatError
    return Classifier(
        channel=channel,
        version=version,
        automaton=daachorse.CharwiseDoubleArrayAhoCorasick(grams),
        weights=tuple(arrays["gram_weights"].tolist()),
        longest=max(map(len, grams), default=0),
        promise_weights=dict(
            zip(arrays["promise_tokens"].tolist(), arrays["promise_weights"].tolist(), strict=True),
        ),
        bias=float(arrays["bias"]),
        prior_log_odds=float(arrays["prior_log_odds"]),
        run_characters=run_characters,
        undamped_characters=undamped,
    )
