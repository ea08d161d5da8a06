"""Where the values of the settings come from, and how a person's text becomes one.

Sources, the first that has a key wins: an explicit override (command line), the environment, `.env` in the
working folder, `.env` in the data folder, the default.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from dotenv import dotenv_values, set_key, unset_key

from server import paths
from server.errors import CannotStart, InvalidInput
from server.settings.config import Config
from server.settings.host import HostSettings
from server.settings.setting import PREFIX, Setting
from server.settings.table import SETTINGS

_Layer = tuple[str, Mapping[str, Any]]
"""Where a source is, for sentences, and its variables."""

_COMMAND_LINE = "on the command line"
_ROWS = {row.key: row for row in SETTINGS}
_StructT = TypeVar("_StructT", bound=msgspec.Struct)


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What a start has read: the host's settings, and the first values of the live ones."""

    host: HostSettings
    first_config: Config


def load(
    overrides: Mapping[str, Any] | None = None, environment: Mapping[str, str] | None = None
) -> Settings:
    """Read all sources. `overrides` maps keys (`port`) to values; None counts as not given.

    Raises `CannotStart` with the variable that is wrong, where it was set, and what it has to be.
    """
    given = {PREFIX + key.upper(): value for key, value in (overrides or {}).items() if value is not None}
    here = Path.cwd() / ".env"
    layers: list[_Layer] = [
        (_COMMAND_LINE, given),
        ("in the environment", os.environ if environment is None else environment),
        (f"in {here}", _read_env(here)),
    ]
    data_dir = str(_find(layers, "data_dir")[0] or paths.default_data_dir())
    there = Path(data_dir).expanduser() / ".env"
    layers.append((f"in {there}", _read_env(there)))
    values = {row.key: value for row in SETTINGS if (value := _find(layers, row.key)[0]) is not None}
    values["data_dir"] = data_dir
    try:
        return Settings(host=_from_texts(HostSettings, values), first_config=_from_texts(Config, values))
    except (msgspec.ValidationError, ValueError) as error:
        row, what = _explain(error)
        place = _find(layers, row.key)[1]
        raise CannotStart(f"The setting {row.variable}, {place}, is wrong. {what}") from None


def parse(row: Setting, text: str) -> Any:
    """The value that `text`, as typed by a person, has for `row`. Raises `InvalidInput` with the reason."""
    values = {"data_dir": ".", row.key: text}
    try:
        return getattr(_from_texts(HostSettings if row.needs_restart else Config, values), row.key)
    except (msgspec.ValidationError, ValueError) as error:
        raise InvalidInput(_explain(error)[1], field=row.key) from None


def config_from(values: Mapping[str, Any]) -> Config:
    """A `Config` of `values`, which may be texts. Raises `InvalidInput` naming the field that is wrong."""
    try:
        return _from_texts(Config, values)
    except (msgspec.ValidationError, ValueError) as error:
        row, sentence = _explain(error)
        raise InvalidInput(sentence, field=row.key) from None


def format_value(value: Any) -> str:
    """A value as it stands in an environment variable; the inverse of `parse`."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ",".join(str(each) for each in value)
    return "" if value is None else str(value)


def store_host_setting(data_path: Path, row: Setting, text: str) -> None:
    """Keep `text` for the next start in the data folder's `.env`; an empty text goes back to the default.

    Raises `InvalidInput` when `text` is no value of `row`.
    """
    parse(row, text or format_value(row.default))
    file = data_path / ".env"
    if text:
        file.touch(mode=0o600, exist_ok=True)
        set_key(file, row.variable, text, quote_mode="auto")
    elif file.exists():
        unset_key(file, row.variable)


def example_env() -> str:
    """The text of `.env.example`: every setting with its help and its default, commented out."""
    blocks = [
        f"# {row.label}. {row.help}\n# {row.variable}={format_value(row.default)}\n" for row in SETTINGS
    ]
    return (
        "# Every setting of Clipset with its default. Copy to .env and uncomment what you change.\n\n"
        + "\n".join(blocks)
    )


def _read_env(file: Path) -> Mapping[str, str | None]:
    """The variables of a `.env` file, none when there is no file; `$` has no meaning in it."""
    try:  # -sig: Windows' editor puts a mark first
        return dotenv_values(file, interpolate=False, encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CannotStart(f"The file {file} cannot be read. Correct it or remove it. ({error})") from error


def _find(layers: Sequence[_Layer], key: str) -> tuple[Any, str]:
    """The first value, and where it is. An empty text is one on the command line alone."""
    found = ((layer.get(PREFIX + key.upper()), place) for place, layer in layers)
    for value, place in found:
        if value is not None and (value != "" or place == _COMMAND_LINE):
            return value, place
    return None, "by default"


def _from_texts(struct: type[_StructT], values: Mapping[str, Any]) -> _StructT:
    ready = {name: _split(_ROWS[name], values[name]) for name in struct.__struct_fields__ if name in values}
    return msgspec.convert(ready, struct, strict=False)


def _split(row: Setting, value: Any) -> Any:
    """Texts become lists and truth values; the rest is left to msgspec. A secret keeps its outer spaces."""
    if not isinstance(value, str) or row.secret:
        return value
    if getattr(row.type, "__origin__", None) is tuple:
        return [part.strip() for part in value.split(",") if part.strip()]
    if row.type is bool:
        return {"yes": True, "on": True, "no": False, "off": False}.get(value.strip().lower(), value.strip())
    return value.strip()


def _explain(error: Exception) -> tuple[Setting, str]:
    """Which setting a conversion failed at, and a sentence of what it has to be.

    The key is where msgspec says (`Expected int <= 6 - at $.quota_reset_day`), or begins our own message.
    """
    message, _, where = str(error).partition(" - at `$.")
    if where:
        row = _ROWS[where.rstrip("`").split("[")[0]]
        return row, f"It has to be {row.wanted}."
    key, _, sentence = message.partition(": ")
    return _ROWS[key], sentence
