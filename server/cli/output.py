"""How answers look on a terminal: aligned columns, or JSON as the API has it."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from server.errors import Conflict, NotFound

Row = Mapping[str, Any]
_SHORT = 8


def say(line: str) -> None:
    """A sentence or a value, on a line of its own."""
    print(line)  # noqa: T201


def show(value: Any, *, as_json: bool, columns: Sequence[str] = (), nothing: str = "There are none.") -> None:
    """Rows as a table of `columns`, or any value as JSON."""
    if as_json:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(value)).decode() + "\n")
    elif not value:
        say(nothing)
    else:
        cells = [[_text(row.get(column)) for column in columns] for row in value]
        _table([[column.replace("_", " ").upper() for column in columns], *cells])


def with_short_ids(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Rows whose ids are cut to what a person can type."""
    return [{**row, "id": str(row["id"])[:_SHORT]} for row in rows]


def one_of(rows: Sequence[Row], beginning: str, kind: str) -> UUID:
    """The id of the one row whose id begins so. Raises `NotFound`, `Conflict` when there are several."""
    found = [row["id"] for row in rows if str(row["id"]).startswith(beginning.lower())] if beginning else []
    if not found:
        raise NotFound(f"There is no {kind} whose id begins with {beginning}.")
    if len(found) > 1:
        raise Conflict(f"Several ids begin with {beginning}. Give more of it.")
    return UUID(str(found[0]))


def _table(lines: Sequence[Sequence[str]]) -> None:
    widths = [max(_width(line[number]) for line in lines) for number in range(len(lines[0]))]
    for line in lines:
        padded = [cell + " " * (width - _width(cell)) for cell, width in zip(line, widths, strict=True)]
        say("  ".join(padded).rstrip())


def _text(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    # a title must not steer the terminal: control and format characters are left out
    return "".join(each if unicodedata.category(each)[0] != "C" else " " for each in str(value))


def _width(text: str) -> int:
    """Columns on a terminal: East Asian wide characters take two, combining ones none."""
    return sum(
        0 if unicodedata.combining(each) else 2 if unicodedata.east_asian_width(each) in "WF" else 1
        for each in text
    )
