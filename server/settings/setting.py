"""What is declared of a setting: beside its field (`about`), and as pages and help texts need it (`Setting`)."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Literal, get_type_hints

import msgspec
from msgspec import Meta

PREFIX = "CLIPSET_"


class Unit(StrEnum):
    """How a settings page shows a number."""

    NONE = ""
    BYTES = "bytes"
    MINUTES = "minutes"


def about(label: str, help_text: str, *, secret: bool = False, unit: Unit = Unit.NONE, **limits: Any) -> Meta:
    """The label, the help and the limits of a field."""
    return Meta(title=label, description=help_text, extra={"secret": secret, "unit": unit}, **limits)


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the table, as pages and help texts need it. `default` is None where there is none."""

    key: str
    type: Any
    default: Any
    label: str
    help: str
    unit: Unit
    secret: bool
    needs_restart: bool
    minimum: int | None = None
    maximum: int | None = None
    min_length: int | None = None
    max_length: int | None = None
    choices: tuple[str, ...] = ()

    @property
    def variable(self) -> str:
        """The environment variable's name."""
        return PREFIX + self.key.upper()

    @property
    def wanted(self) -> str:
        """What a value has to be, to end a sentence with: `a whole number from 0 to 65535`."""
        several = getattr(self.type, "__origin__", None) is tuple
        if self.type is bool:
            return "yes or no"
        if self.choices:
            one = "one or more of" if several else "one of"
            return f"{one} {', '.join(self.choices)}{', separated by commas' if several else ''}"
        if self.type is int:
            return f"a whole number from {self.minimum} to {self.maximum}"
        if several:
            return f"{self.min_length or 0} to {self.max_length or 'many'} values, separated by commas"
        return f"a text of {self.min_length or 0} to {self.max_length or 'many'} characters"


def rows_of(struct: type[msgspec.Struct], *, needs_restart: bool) -> list[Setting]:
    """The settings that a struct declares, in its order."""
    hints = get_type_hints(struct, include_extras=True)
    rows = []
    for field in msgspec.structs.fields(struct):
        bare, meta = hints[field.name].__origin__, hints[field.name].__metadata__[0]
        rows.append(
            Setting(
                key=field.name,
                type=bare,
                default=None if field.default is msgspec.NODEFAULT else field.default,
                label=meta.title,
                help=meta.description,
                unit=meta.extra["unit"],
                secret=meta.extra["secret"],
                needs_restart=needs_restart,
                minimum=meta.ge,
                maximum=meta.le,
                min_length=meta.min_length,
                max_length=meta.max_length,
                choices=_choices(bare),
            )
        )
    return rows


def _choices(bare: Any) -> tuple[str, ...]:
    for candidate in (bare, *getattr(bare, "__args__", ())):
        if getattr(candidate, "__origin__", None) is Literal:
            return tuple(candidate.__args__)
    return ()
