"""Check one file's data against its schema and say in Chinese, with its place, everything that does not fit."""

import difflib
from collections.abc import Mapping
from typing import Any, Final, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from risk_screen.rules.errors import Problem
from risk_screen.rules.marked_yaml import Document, Path
from risk_screen.rules.schema import WEIGHTS

Model = TypeVar("Model", bound=BaseModel)

_TYPES: Final = {
    "string_type": "要写文字（数字和日期请加引号）",
    "int_type": "要写整数",
    "int_parsing": "要写整数",
    "int_from_float": "要写整数",
    "float_type": "要写数字",
    "float_parsing": "要写数字",
    "bool_type": "要写 true 或 false",
    "bool_parsing": "要写 true 或 false",
    "date_type": "要写日期，例如 2026-02-06",
    "date_parsing": "要写日期，例如 2026-02-06",
    "date_from_datetime_parsing": "要写日期，例如 2026-02-06",
    "date_from_datetime_inexact": "要写日期，例如 2026-02-06",
    "tuple_type": "要写列表，例如 [一, 二]",
    "list_type": "要写列表，例如 [一, 二]",
    "dict_type": "要写“键: 值”",
    "model_type": "要写“键: 值”",
    "model_attributes_type": "要写“键: 值”",
}


def validate(document: Document, model: type[Model]) -> tuple[Model | None, list[Problem]]:
    """Build the model from a document, or list what is wrong with it."""
    try:
        return model.model_validate(document.content), []
    except ValidationError as error:
        return None, [_problem(document, details, model) for details in error.errors(include_url=False)]


def _problem(document: Document, details: ErrorDetails, model: type[BaseModel]) -> Problem:
    path: Path = tuple(part for part in details["loc"] if part != "[key]")
    code, message = _code_and_message(path, details, model)
    return document.problem(path, code, message)


def _code_and_message(path: Path, details: ErrorDetails, model: type[BaseModel]) -> tuple[str, str]:  # noqa: PLR0911
    kind, context = details["type"], details.get("ctx", {})
    key = _key_of(path)
    if kind.startswith("RB"):
        return kind, details["msg"]
    if kind == "extra_forbidden":
        return "RB010", _unknown_key(path, model)
    if kind == "missing":
        return "RB011", f"缺少必填的键 {key}"
    if kind == "literal_error":
        return _not_in_list(key, details["input"], context)
    if kind in _TYPES:
        return "RB013", f"{key} 的类型不对：{_TYPES[kind]}"
    if kind == "string_pattern_mismatch":
        return "RB015", f"{key} 的格式不对，应当符合 {context.get('pattern', '')}"
    if "examples" in path and kind == "too_short":
        return "RB040", f"{key} 至少要 2 个例子，现在有 {context.get('actual_length', 0)} 个"
    return "RB014", f"{key} 超出范围：{_bounds(context)}"


def _key_of(path: Path) -> str:
    names = [part for part in path if isinstance(part, str)]
    return names[-1] if names else "这里"


def _not_in_list(key: str, given: Any, context: Mapping[str, Any]) -> tuple[str, str]:
    if key == "weight":
        bands = " ".join(str(weight) for weight in WEIGHTS)
        return "RB016", f"weight 是 {given}，不在档位上；请取 {bands} 之一（分贝，见 docs/rules.md §3）"
    allowed = str(context.get("expected", "")).replace("'", "").replace(" or ", "、").replace(", ", "、")
    near = difflib.get_close_matches(str(given), allowed.split("、"), 1)
    hint = f"；是否想写 {near[0]}？" if near else ""
    return "RB012", f"{key} 不能是 {given}，可选：{allowed}{hint}"


def _bounds(context: Mapping[str, Any]) -> str:
    words = {
        "ge": "不小于", "gt": "大于", "le": "不大于", "lt": "小于",
        "min_length": "个数或长度至少", "max_length": "个数或长度至多",
    }  # fmt: skip
    return "，".join(f"{words[name]} {value}" for name, value in context.items() if name in words) or "不能为空"


def _unknown_key(path: Path, model: type[BaseModel]) -> str:
    known = sorted(_fields_at(model, path[:-1]))
    near = difflib.get_close_matches(str(path[-1]), known, 1, 0.5)
    hint = f"是否想写 {near[0]}？" if near else ""
    return f"不认识的键 {path[-1]}。{hint}这里可用：{' '.join(known)}"


def _fields_at(model: type[BaseModel], path: Path) -> set[str]:
    """Keys the model allows at a path."""
    current: set[type[BaseModel]] = {model}
    for part in path:
        if isinstance(part, int):
            continue
        fields = [inner.model_fields[part] for inner in current if part in inner.model_fields]
        reached = {found for field in fields for found in _models_in(field.annotation)}
        current = reached or current
    return {name for inner in current for name in inner.model_fields}


def _models_in(annotation: Any) -> set[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return {annotation}
    return {found for inner in get_args(annotation) for found in _models_in(inner)}
