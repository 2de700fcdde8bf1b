"""The service's scorer and scikit-learn give the same probabilities, on corpus texts and on anything else."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from risk_screen.classifier.loading import ModelError, load_classifier
from risk_screen.classifier.pieces import pieces_of
from risk_screen.classifier.scoring import Classifier
from risk_screen.learning.corpus import FIELDS, read_corpus
from risk_screen.learning.exporting import load_pipeline
from risk_screen.learning.strongest_run import StrongestRunClassifier
from risk_screen.learning.training import read_documents
from risk_screen.rules.compiled_rulebook import CompiledRulebook
from risk_screen.rules.reading import Field, read_field
from risk_screen.wiring import find_models_directory, load_book

REPOSITORY = Path(__file__).parents[2]
TOLERANCE = 1e-9
WORDS = ["投", "10万", "每月返", "本金", "。", "\n"]


@pytest.fixture(scope="module")
def book() -> CompiledRulebook:
    return load_book(REPOSITORY / "rules")


@pytest.fixture(scope="module", params=["marketing", "registration"])
def pair(request: pytest.FixtureRequest) -> tuple[Classifier, StrongestRunClassifier]:
    directory = find_models_directory(REPOSITORY / "models") / request.param
    return load_classifier(directory), load_pipeline(directory)


def read(book: CompiledRulebook, channel: str, texts: tuple[str, ...]) -> tuple[Field, ...]:
    return tuple(read_field(n, t, book, channel) for n, t in zip(FIELDS[channel], texts, strict=True) if t.strip())


def test_service_and_scikit_learn_agree_on_the_corpus(
    pair: tuple[Classifier, StrongestRunClassifier], book: CompiledRulebook
) -> None:
    classifier, model = pair
    rows = read_corpus(REPOSITORY / "models" / "corpus", classifier.channel).iloc[::7]
    expected = model.predict_proba(read_documents(rows, classifier.channel, book))[:, 1]
    texts = rows[list(FIELDS[classifier.channel])].itertuples(index=False)
    got = [classifier.opinion(read(book, classifier.channel, tuple(t))).probability for t in texts]
    assert np.abs(np.array(got) - expected).max() <= TOLERANCE
    assert len(got) > 100


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(min_size=1, max_size=80), words=st.lists(st.sampled_from(WORDS)))
def test_service_and_scikit_learn_agree_on_any_text(
    pair: tuple[Classifier, StrongestRunClassifier], book: CompiledRulebook, text: str, words: list[str]
) -> None:
    classifier, model = pair
    fields = read(book, classifier.channel, (text + "".join(words), "x")[: len(FIELDS[classifier.channel])])
    if not fields:
        return
    (expected,) = model.predict_proba([pieces_of(fields, classifier.channel)])[:, 1]
    assert abs(classifier.opinion(fields).probability - expected) <= TOLERANCE


def test_terms_explain_words_that_stand_in_the_text(
    pair: tuple[Classifier, StrongestRunClassifier], book: CompiledRulebook
) -> None:
    classifier, _ = pair
    rows = read_corpus(REPOSITORY / "models" / "corpus", classifier.channel)
    for texts in rows[rows["label"] == 1][list(FIELDS[classifier.channel])].head(60).itertuples(index=False):
        fields = read(book, classifier.channel, tuple(texts))
        lengths = {field.name: len(field.folded.text) for field in fields}
        for term in classifier.opinion(fields).terms:
            assert 0 <= term.start < term.end <= lengths[term.field]
            assert term.decibans > 0


@pytest.mark.parametrize("name", ["scorer.npz", "pipeline.joblib"])
def test_a_changed_model_file_is_refused(tmp_path: Path, name: str) -> None:
    source = find_models_directory(REPOSITORY / "models") / "marketing"
    for path in source.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    content = bytearray((tmp_path / name).read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / name).write_bytes(bytes(content))
    load = load_classifier if name == "scorer.npz" else load_pipeline
    with pytest.raises(ModelError, match="SHA-256"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("card", "said"),
    [(None, "读不到"), ("- 1\n", "files"), ("files: {scorer.npz: 00}\n", "SHA-256"), ("a: [\n", "读不到")],
)
def test_a_broken_card_is_refused(tmp_path: Path, card: str | None, said: str) -> None:
    (tmp_path / "scorer.npz").write_bytes(b"nothing")
    if card is not None:
        (tmp_path / "card.yaml").write_text(card)
    with pytest.raises(ModelError, match=said):
        load_classifier(tmp_path)
