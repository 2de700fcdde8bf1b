"""A model folder that was swapped, cut short, blown up or tampered with is refused in words, whatever its card says.

Every card here names the SHA-256 of what lies beside it: whoever can change the scorer can change the card, too.
"""

import hashlib
import io
import pickle
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from risk_screen.classifier import loading
from risk_screen.classifier.loading import ModelError, load_classifier
from risk_screen.wiring import REPOSITORY_MODELS, Screener

CHANNEL = "marketing"
SHIPPED = (REPOSITORY_MODELS / CHANNEL / "scorer.npz").read_bytes()
CARD = yaml.safe_load((REPOSITORY_MODELS / CHANNEL / "card.yaml").read_text(encoding="utf-8"))


class OpenedError(Exception):
    """Raised when a pickle is opened that must not be."""


class Trap:
    """Unpickling this calls back."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _spring, ()


def _spring() -> None:
    raise OpenedError


def model(folder: Path, scorer: bytes = SHIPPED, **card: Any) -> Path:
    """A folder whose card names what lies in it."""
    files = {"scorer.npz": hashlib.sha256(scorer).hexdigest()}
    (folder / "scorer.npz").write_bytes(scorer)
    (folder / "card.yaml").write_text(yaml.safe_dump({**CARD, "files": files, **card}), encoding="utf-8")
    return folder


def packed(**changes: Any) -> bytes:
    """The shipped arrays with some changed; None leaves one out."""
    with np.load(io.BytesIO(SHIPPED)) as stored:
        arrays: dict[str, Any] = {name: stored[name] for name in stored.files}
    arrays |= changes
    content = io.BytesIO()
    np.savez_compressed(content, **{name: array for name, array in arrays.items() if array is not None})
    return content.getvalue()


def changed(name: str, change: Callable[[Any], Any]) -> bytes:
    with np.load(io.BytesIO(SHIPPED)) as stored:
        return packed(**{name: change(stored[name].copy())})


def first_set(value: Any) -> Callable[[Any], Any]:
    def change(array: Any) -> Any:
        array[0] = value
        return array

    return change


def saved_alone() -> bytes:
    content = io.BytesIO()
    np.save(content, np.zeros(3))
    return content.getvalue()


def not_a_number() -> Any:
    return np.array(np.nan)


SCORERS: Mapping[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "cut short": lambda: SHIPPED[: len(SHIPPED) // 2],
    "cut short at the end": lambda: SHIPPED[:-30],
    "a pickle": lambda: pickle.dumps(Trap()),
    "a pickle inside": lambda: packed(grams=np.array([Trap(), "保本"], dtype=object)),
    "a pickle of two dimensions inside": lambda: packed(bias=np.array([[Trap()]], dtype=object)),
    "one array, no archive": saved_alone,
    "an array missing": lambda: packed(bias=None),
    "no number for the bias": lambda: packed(bias=not_a_number()),
    "an endless prior": lambda: packed(prior_log_odds=np.array(np.inf)),
    "no number among the weights": lambda: changed("gram_weights", first_set(np.nan)),
    "fewer weights than words": lambda: changed("gram_weights", lambda array: array[:-1]),
    "fewer promise weights": lambda: changed("promise_weights", lambda array: array[:-1]),
    "numbers for words": lambda: changed("grams", lambda array: np.arange(len(array))),
    "words for weights": lambda: changed("gram_weights", lambda array: array.astype("U9")),
    "words in a table": lambda: changed("grams", lambda array: array.reshape(-1, 1)),
    "one word, no list": lambda: packed(grams=np.array("保本")),
    "an empty word": lambda: changed("grams", first_set("")),
    "a word twice": lambda: changed("grams", lambda array: first_set(array[1])(array)),
    "two biases": lambda: packed(bias=np.zeros(2)),
    "a text for the bias": lambda: packed(bias=np.array("much")),
    "runs of no length": lambda: packed(run_characters=np.array(0)),
    "runs of negative length": lambda: packed(undamped_characters=np.array(-5)),
}


@pytest.mark.parametrize("name", SCORERS)
def test_a_scorer_that_is_none_is_refused_though_its_card_vouches_for_it(tmp_path: Path, name: str) -> None:
    with pytest.raises(ModelError, match="格式不是本程序能读的"):
        load_classifier(model(tmp_path, SCORERS[name]()))


def test_what_these_are_made_from_is_accepted(tmp_path: Path) -> None:
    assert load_classifier(model(tmp_path, packed()), CHANNEL).channel == CHANNEL


@pytest.mark.parametrize("name", ["bias", "notes"])
def test_a_zip_bomb_is_refused_by_what_it_declares(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "MOST_UNPACKED_BYTES", 2 * 2**20)
    bomb = packed(**{name: np.zeros(2**20)})
    assert len(bomb) < 2**18
    monkeypatch.setattr(np, "load", lambda *_, **__: pytest.fail("the archive was unpacked"))
    with pytest.raises(ModelError, match="格式不是本程序能读的"):
        load_classifier(model(tmp_path, bomb))


def test_a_zip_bomb_that_declares_little_is_refused_too(tmp_path: Path) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed(bias=np.zeros(2**20)))) as bomb, zipfile.ZipFile(content, "w") as archive:
        for entry in bomb.infolist():
            archive.writestr(entry.filename, bomb.read(entry), zipfile.ZIP_DEFLATED)
    lying = content.getvalue().replace((2**23 + 128).to_bytes(4, "little"), (136).to_bytes(4, "little"))
    assert lying != content.getvalue()
    with pytest.raises(ModelError, match="格式不是本程序能读的"):
        load_classifier(model(tmp_path, lying))


@pytest.mark.parametrize("card", [{"channel": None}, {"channel": ["marketing"]}, {"version": None}, {"version": {}}])
def test_a_card_of_wrong_types_is_refused(tmp_path: Path, card: dict[str, Any]) -> None:
    with pytest.raises(ModelError, match="格式不是本程序能读的"):
        load_classifier(model(tmp_path, **card))


@pytest.mark.parametrize(
    ("card", "says"),
    [
        (b"files: []\n", "缺少 files"),
        (b"files: {scorer.npz: {}}\n", "SHA-256"),
        (b"[" * 100_000, "读不到模型说明"),
        (b"files: {}\n#" + b"x" * loading.MOST_CARD_BYTES, "读不到模型说明"),
        (b"files: {}\nx: '\x01'\n", "读不到模型说明"),
        (b"\xff\xfe", "读不到模型说明"),
        (b"x: !!python/object/apply:os.getcwd []\nfiles: {}\n", "读不到模型说明"),
        (b"a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]\nfiles: {}\n", "SHA-256"),
    ],
)
def test_a_card_that_is_none_is_refused(tmp_path: Path, card: bytes, says: str) -> None:
    (model(tmp_path) / "card.yaml").write_bytes(card)
    with pytest.raises(ModelError, match=says):
        load_classifier(tmp_path)


def test_a_folder_in_place_of_the_scorer_is_refused(tmp_path: Path) -> None:
    (model(tmp_path) / "scorer.npz").unlink()
    (tmp_path / "scorer.npz").mkdir()
    with pytest.raises(ModelError, match="读不到模型文件"):
        load_classifier(tmp_path)


def test_the_model_of_another_channel_is_refused(tmp_path: Path) -> None:
    for channel, put_in in (("marketing", "registration"), ("registration", "marketing")):
        folder = tmp_path / put_in
        folder.mkdir()
        for name in ("card.yaml", "scorer.npz"):
            (folder / name).write_bytes((REPOSITORY_MODELS / channel / name).read_bytes())
    with pytest.raises(ModelError, match="不是为渠道 registration 训练的"):
        Screener.load(models=tmp_path)
