"""The OpenAPI document tells a reader who does not know the program what each operation, parameter and field means."""

from typing import Any

import pytest
from fastapi import FastAPI

from risk_screen.api.field_texts import CHINESE, OF_FIELD, OF_NAME, OF_PARAMETER, fields_of, is_said, parameters_of


@pytest.fixture
def document(app: FastAPI) -> dict[str, Any]:
    return app.openapi()


def test_every_field_is_described_in_chinese(document: dict[str, Any]) -> None:
    silent = [f"{schema}.{name}" for schema, name, field in fields_of(document) if not is_said(field)]
    assert silent == [], "say it where the field is declared, or in api/field_texts.py"


def test_every_operation_and_parameter_is_described_in_chinese(document: dict[str, Any]) -> None:
    for operation, parameter in parameters_of(document):
        assert CHINESE.search(operation["summary"])
        assert "description" not in operation or is_said(operation)
        assert parameter is None or is_said(parameter), parameter["name"]


def test_no_text_is_kept_for_a_field_that_is_gone(document: dict[str, Any]) -> None:
    fields = {f"{schema}.{name}" for schema, name, _ in fields_of(document)}
    names = {name for _, name, _ in fields_of(document)}
    parameters = {parameter["name"] for _, parameter in parameters_of(document) if parameter is not None}
    assert set(OF_FIELD) - fields == set()
    assert set(OF_NAME) - names == set()
    assert set(OF_PARAMETER) - parameters == set()


def test_what_says_nothing_would_be_found() -> None:
    assert not is_said({"description": "One result."})
    assert not is_said({})
    assert is_said({"description": "编号"})
