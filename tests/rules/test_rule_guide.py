"""docs/rules.md must name every key, every value of a closed list, and the small files."""

import re
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel
from rulebooks import assembled

from risk_screen.rules import consultation_file, expressions, reference, schema
from risk_screen.rules.assembling import SINGLE_FILES
from risk_screen.rules.errors import TITLES
from risk_screen.rules.expressions import Expression

GUIDE = (Path(__file__).parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")
WRITTEN = set(re.findall(r"[A-Za-z_]+", " ".join(re.findall(r"`[^`]+`|```.*?```", GUIDE, re.DOTALL))))
MODELS = [
    model
    for module in (consultation_file, expressions, schema, reference)
    for model in vars(module).values()
    if isinstance(model, type) and issubclass(model, BaseModel) and model.__module__ == module.__name__
]
KEYS = sorted({name for model in MODELS for name in model.model_fields})
CLOSED_LISTS: list[Any] = [
    consultation_file.AnswerKind,
    consultation_file.RegistrationRoute,
    expressions.ContextKind,
    expressions.EvasionStep,
    expressions.FieldName,
    expressions.IdentifierKind,
    expressions.Period,
    expressions.PromiseKind,
    schema.Channel,
    schema.Characteristic,
    schema.Flag,
    schema.Status,
]


@pytest.mark.parametrize("key", KEYS)
def test_the_guide_names_every_key(key: str) -> None:
    assert key in WRITTEN


@pytest.mark.parametrize("value", sorted({value for closed in CLOSED_LISTS for value in get_args(closed)}))
def test_the_guide_names_every_value_of_a_closed_list(value: str) -> None:
    assert value in WRITTEN


@pytest.mark.parametrize("file", sorted(SINGLE_FILES))
def test_the_guide_names_every_file(file: str) -> None:
    assert f"rules/{file}" in GUIDE


def test_the_guide_lists_every_error_as_the_program_names_it() -> None:
    for code, title in TITLES.items():
        assert f"| {code} | {title} |" in GUIDE


def test_the_guide_has_a_row_for_every_condition() -> None:
    for key in (*Expression.MAIN, *Expression.SIDE):
        assert f"| `{key}` |" in GUIDE


def test_the_guide_gives_the_weights() -> None:
    for weight in schema.WEIGHTS:
        assert f"| {weight} |" in GUIDE


def test_the_rule_shown_in_the_guide_is_valid() -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
    example = next(block for block in blocks if block.startswith("id: "))
    law = "  广告法: {title: 法, document_number: 一, in_force_from: 2021-04-29, source: 测试, articles: {25: 原文}}\n"
    files: dict[str, str | None] = {
        "marketing/guaranteed-principal.yaml": example,
        "lexicons/guarantee.yaml": "name: guarantee\nversion: 1\ntitle: 保证\nsource: 测试\nterms: [保证]\n",
        "lexicons/principal.yaml": "name: principal\nversion: 1\ntitle: 本金\nsource: 测试\nterms: [本金]\n",
        "local/laws.yaml": f"laws:\n{law}",
    }
    assert assembled(files=files).problems == []
