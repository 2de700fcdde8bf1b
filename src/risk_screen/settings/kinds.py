"""Kinds of values that settings have, and how each is said in words."""

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from types import NoneType
from typing import Annotated, Any, Final, Literal, get_args, get_origin

from pydantic import BeforeValidator, SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import NoDecode

Network = IPv4Network | IPv6Network


def _split(value: Any) -> Any:
    return tuple(piece.strip() for piece in value.split(",") if piece.strip()) if isinstance(value, str) else value


def _networks(value: Any) -> Any:
    pieces = _split(value)
    return tuple(map(ip_network, pieces)) if isinstance(pieces, Iterable) else pieces


Networks = Annotated[tuple[Network, ...], NoDecode, BeforeValidator(_networks)]
"""Addresses and networks: a list, or text with commas between them."""
Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
"""Words: a list, or text with commas between them."""

_WORDS: Final[dict[Any, str]] = {
    bool: "true 或 false",
    Path: "一个路径",
    str: "文字",
    SecretStr: "文字",
    tuple[Network, ...]: "IP 地址或网段，多个用逗号隔开，如 10.1.2.3,10.2.0.0/16",
    tuple[str, ...]: "文字，多个用逗号隔开",
}
_NUMBERS: Final = {int: "整数", float: "数"}


def allowed(field: FieldInfo) -> str:
    """Say which values a setting may have."""
    kind = _kind_of(field.annotation)
    if get_origin(kind) is Literal:
        return "、".join(map(str, get_args(kind))) + " 之一"
    if kind in _NUMBERS:
        return _range(field) + _NUMBERS[kind]
    return _WORDS[kind]


def shown(value: object) -> str:
    """Write a value as it would be set."""
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def _kind_of(annotation: Any) -> Any:
    """The kind without ``| None``."""
    kinds = [kind for kind in get_args(annotation) if kind is not NoneType]
    return kinds[0] if NoneType in get_args(annotation) else annotation


def _range(field: FieldInfo) -> str:
    least = next((one.ge for one in field.metadata if hasattr(one, "ge")), None)
    most = next((one.le for one in field.metadata if hasattr(one, "le")), None)
    if least is not None and most is not None:
        return f"{least} 到 {most} 的"
    return f"不小于 {least} 的" if least is not None else f"不大于 {most} 的" if most is not None else ""
