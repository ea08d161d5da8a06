"""What is wrong with a query or body that does not fit its shape, in words: the field, and what it has to be."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

import msgspec
from msgspec import inspect

from server.errors import InvalidInput

_MISSING = re.compile(r"Object missing required field `(.+)`")
_UNKNOWN = re.compile(r"Object contains unknown field `(.+)`", re.DOTALL)
_WHERE = re.compile(r" - at `\$\.(\w+)[^`]*`\Z")
"""Its end alone: what stands before may quote what was sent."""


def misfit(error: msgspec.ValidationError, shape: Any) -> InvalidInput:
    """The refusal of input that msgspec could not make a `shape` of (`Expected int >= 1 - at $.page`)."""
    message = str(error)
    if missing := _MISSING.fullmatch(message):
        return InvalidInput(f"{missing[1]} is missing.", field=missing[1])
    if unknown := _UNKNOWN.fullmatch(message):
        return InvalidInput(f"There is no field {unknown[1]} here. Leave it out.", field=unknown[1])
    if where := _WHERE.search(message):
        return InvalidInput(f"{where[1]} has to be {_wanted(_types_of(shape)[where[1]])}.", field=where[1])
    if message.startswith("Expected `object`"):
        return InvalidInput("The body has to be a JSON object.")
    return InvalidInput(message)  # of ours: what a shape says about several fields together


def _types_of(shape: Any) -> dict[str, inspect.Type]:
    described = inspect.type_info(shape)
    if not isinstance(described, inspect.StructType):
        raise TypeError(f"{shape} is no shape of fields")
    return {field.encode_name: field.type for field in described.fields}


def _wanted(wanted: inspect.Type) -> str:
    """What a value has to be, to end a sentence with."""
    return _WORDS[type(wanted)](wanted)


def _bounds(least: int | None, most: int | None) -> str:
    if least is None:
        return "" if most is None else f" of at most {most}"
    return f" of at least {least}" if most is None else f" from {least} to {most}"


def _length(most: int | None) -> str:
    return "" if most is None else f" of at most {most} characters"


def _one_of(values: Iterable[object]) -> str:
    *others, last = map(str, values)
    return f"{', '.join(others)} or {last}" if others else last


_WORDS: dict[type[inspect.Type], Callable[[Any], str]] = {
    inspect.BoolType: lambda _: "true or false",
    inspect.EnumType: lambda kind: _one_of(each.value for each in kind.cls),
    inspect.FloatType: lambda _: "a number",
    inspect.IntType: lambda kind: f"a whole number{_bounds(kind.ge, kind.le)}",
    inspect.LiteralType: lambda kind: _one_of(kind.values),
    inspect.Metadata: lambda kind: _wanted(kind.type),
    inspect.NoneType: lambda _: "null",
    inspect.StrType: lambda kind: f"a text{_length(kind.max_length)}",
    inspect.UnionType: lambda kind: " or ".join(map(_wanted, kind.types)),
    inspect.UUIDType: lambda _: "an id",
    inspect.VarTupleType: lambda kind: f"a list, and each of it {_wanted(kind.item_type)}",
}
"""What shapes are made of; another kind of type needs words here."""
