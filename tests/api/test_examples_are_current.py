"""The schema and the examples in docs/ are what the program answers today; versions alone make no difference."""

import json
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from risk_screen import Screener
from risk_screen.screening.submission import CHANNELS
from risk_screen.web.examples import EXAMPLES as WEB_EXAMPLES
from risk_screen.web.examples import Example

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import build_examples  # noqa: E402


@cache
def built() -> dict[str, Any]:
    return build_examples.build(Screener.load())


def in_docs(name: str) -> Any:
    return json.loads((ROOT / "docs" / name).read_text(encoding="utf-8"))


def without_versions(content: Any) -> Any:
    return {key: value for key, value in content.items() if key != "versions"}


@pytest.mark.parametrize(
    "name",
    [
        "assessment.schema.json",
        *(f"examples/{channel}.{part}.json" for channel in CHANNELS for part in ("request", "answer")),
    ],
)
def test_what_docs_show_is_what_the_program_answers(name: str) -> None:
    assert without_versions(in_docs(name)) == without_versions(built()[name]), "run: python tools/build_examples.py"


@pytest.mark.parametrize("channel", CHANNELS)
def test_an_example_fits_the_schema_and_its_numbers_add_up(channel: str) -> None:
    answer = in_docs(f"examples/{channel}.answer.json")
    Draft202012Validator.check_schema(in_docs("assessment.schema.json"))
    assert list(Draft202012Validator(in_docs("assessment.schema.json")).iter_errors(answer)) == []
    parts = [answer["prior_decibans"], *(r["decibans"] for r in answer["reasons"]), answer["model"]["decibans"]]
    assert round(sum(parts), 1) == answer["total_decibans"]


@pytest.mark.parametrize("channel", CHANNELS)
def test_every_quote_of_an_example_stands_where_its_spans_say(channel: str) -> None:
    request, answer = (in_docs(f"examples/{channel}.{part}.json") for part in ("request", "answer"))
    kinds = ("reasons", "exempted", "masked", "promises")
    found = [item for kind in kinds for item in answer[kind]] + answer["model"]["terms"]
    assert found
    for item in found:
        text = request[item["field"]]
        assert text[item["spans"][0][0] : item["spans"][0][1]] in item["quote"]


@pytest.mark.parametrize("example", WEB_EXAMPLES, ids=lambda example: example.key)
def test_real_answers_fit_the_schema_and_explain_themselves(example: Example) -> None:
    answer = Screener.load().screen(example.channel, **example.fields).to_dict()
    assert list(Draft202012Validator(in_docs("assessment.schema.json")).iter_errors(answer)) == []
    parts = [answer["prior_decibans"], *(r["decibans"] for r in answer["reasons"]), answer["model"]["decibans"]]
    assert round(sum(parts), 1) == answer["total_decibans"]
    for kind in ("reasons", "exempted", "masked", "promises", "identifiers", "shadow"):
        for item in answer[kind]:
            assert all(0 <= start < end <= len(example.fields[item["field"]]) for start, end in item["spans"])


def test_the_examples_show_what_an_answer_can_hold() -> None:
    answers = [in_docs(f"examples/{channel}.answer.json") for channel in CHANNELS]
    for part in ("reasons", "masked", "promises", "identifiers", "questions"):
        assert any(answer[part] for answer in answers), part
