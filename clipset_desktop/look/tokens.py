"""The design tokens of `resources/theme/tokens.json`, read once. Knows nothing of Qt."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from server import paths

Scheme = Literal["light", "dark"]


class Type(msgspec.Struct, frozen=True):
    """Text: sizes and line heights in device-independent pixels, weights on the scale of 100 to 900."""

    family: str
    size: dict[str, int]
    line: dict[str, int]
    weight: dict[str, int]


class Motion(msgspec.Struct, frozen=True):
    """How long things move, in milliseconds."""

    quick: int
    calm: int


class Tokens(msgspec.Struct, frozen=True):
    """Everything both interfaces share. Colours are `#RRGGBB` or `#RRGGBBAA`, lengths are in pixels."""

    color: dict[Scheme, dict[str, str]]
    space: dict[str, int]
    radius: dict[str, int]
    type: Type
    motion: Motion


def read(file: Path) -> Tokens:
    """The tokens in `file`. Raises `msgspec.ValidationError` when it does not hold them."""
    return msgspec.json.decode(file.read_bytes(), type=Tokens)


@cache
def shipped() -> Tokens:
    """The tokens that ship with the program."""
    return read(paths.resources_dir() / "theme" / "tokens.json")
