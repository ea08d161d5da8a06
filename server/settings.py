"""The one table of settings: each is declared once, with its type, default, limits, label and help.

The environment (`CLIPSET_*`), `.env` files, the admin API, the command line and the desktop's settings page all derive
from the two structs here. `HostSettings` belong to the machine and take effect at a start. `Config` holds what members
feel; it lives in the database, is changed while running, and takes only its first values from here.

Sources, the first that has a key wins: an explicit override (command line), the environment, `.env` in the working
folder, `.env` in the data folder, the default.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, get_type_hints
from zoneinfo import ZoneInfo, available_timezones

import msgspec
from dotenv import dotenv_values, set_key, unset_key
from msgspec import Meta

from server import paths
from server.errors import CannotStart, InvalidInput

PREFIX = "CLIPSET_"
GIB = 1024**3

VideoFormat = Literal["mp4", "mov", "avi", "mkv", "webm"]
Preset = Literal["ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower"]
Encoder = Literal["auto", "software", "nvenc", "qsv", "amf", "videotoolbox"]


class Unit(StrEnum):
    """How a settings page shows a number."""

    NONE = ""
    BYTES = "bytes"
    MINUTES = "minutes"


def _about(
    label: str, help_text: str, *, secret: bool = False, unit: Unit = Unit.NONE, **limits: Any
) -> Meta:
    return Meta(title=label, description=help_text, extra={"secret": secret, "unit": unit}, **limits)


class HostSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What belongs to the machine. Read once at start; a change needs a restart."""

    data_dir: Annotated[
        str, _about("Data folder", "Where the database, the keys and, by default, the videos are kept.")
    ]
    database_url: Annotated[
        str,
        _about(
            "Database",
            "Empty for SQLite in the data folder, or postgresql+psycopg://user:password@host/name.",
            secret=True,
        ),
    ] = ""
    secret_key: Annotated[
        str,
        _about(
            "Secret key",
            "Signs sessions. Empty: generated at the first start and kept in a private file.",
            secret=True,
        ),
    ] = ""
    video_storage_path: Annotated[
        str, _about("Video folder", "Where the videos are kept. Empty: a folder in the data folder.")
    ] = ""
    thumbnail_storage_path: Annotated[
        str,
        _about(
            "Thumbnail folder", "Where the preview pictures are kept. Empty: a folder in the data folder."
        ),
    ] = ""
    host: Annotated[
        str, _about("Network address", "0.0.0.0 for the whole network, 127.0.0.1 for this machine only.")
    ] = "0.0.0.0"  # noqa: S104  people on the network are who it is for
    port: Annotated[
        int, _about("Port", "The number after the colon in the address; 0 picks a free one.", ge=0, le=65535)
    ] = 8400
    access_token_expire_minutes: Annotated[
        int,
        _about(
            "Stay signed in for", "How long a session lasts, in minutes.", unit=Unit.MINUTES, ge=5, le=525_600
        ),
    ] = 43_200
    cors_origins: Annotated[
        tuple[str, ...],
        _about(
            "Other web origins",
            "Origins that may call the API from a browser, separated by commas. Empty: none.",
        ),
    ] = ()
    allowed_hosts: Annotated[
        tuple[str, ...],
        _about(
            "Other names of this server",
            "Host names under which it may be opened besides its addresses and .local names, separated by commas.",
        ),
    ] = ()
    keep_originals: Annotated[
        bool, _about("Keep originals", "Keep each uploaded file beside the MP4 that was made from it.")
    ] = False
    transcode_workers: Annotated[
        int,
        _about(
            "Videos at a time", "How many videos are made ready at once; 0 for one per 4 cores.", ge=0, le=32
        ),
    ] = 0
    transcode_preset: Annotated[
        Preset, _about("Encoder effort", "Slower makes smaller files of the same quality.")
    ] = "medium"
    transcode_crf: Annotated[
        int,
        _about(
            "Quality",
            "Lower is better and larger: 18 is hard to tell from the original, 28 is rough.",
            ge=14,
            le=34,
        ),
    ] = 23
    hardware_encoder: Annotated[
        Encoder,
        _about("Hardware encoder", "auto uses the graphics card when a trial works, software never does."),
    ] = "auto"
    initial_admin_email: Annotated[
        str, _about("First admin's e-mail", "Used once, when there is no account.")
    ] = ""
    initial_admin_username: Annotated[
        str, _about("First admin's name", "Used once, when there is no account.")
    ] = ""
    initial_admin_password: Annotated[
        str, _about("First admin's password", "Used once, when there is no account.", secret=True)
    ] = ""

    @property
    def data_path(self) -> Path:
        """The data folder, absolute."""
        return Path(self.data_dir).expanduser().absolute()

    @property
    def videos_path(self) -> Path:
        """The video folder, absolute."""
        chosen = self.video_storage_path
        return Path(chosen).expanduser().absolute() if chosen else self.data_path / "videos"

    @property
    def thumbnails_path(self) -> Path:
        """The thumbnail folder, absolute."""
        chosen = self.thumbnail_storage_path
        return Path(chosen).expanduser().absolute() if chosen else self.data_path / "thumbnails"

    @property
    def effective_database_url(self) -> str:
        """The database's URL; SQLite in the data folder unless one is set."""
        return self.database_url or f"sqlite:///{self.data_path / 'clipset.db'}"

    @property
    def effective_workers(self) -> int:
        """Videos made ready at a time: as set, or one per 4 cores and at least 1."""
        return self.transcode_workers or max(1, (os.cpu_count() or 1) // 4)


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """What members feel. The single row of the `config` table; changed live."""

    server_name: Annotated[
        str, _about("Name of the server", "Shown to everyone who joins.", min_length=1, max_length=60)
    ] = "Clipset"
    max_file_size_bytes: Annotated[
        int, _about("Largest file", "The most one file may have.", unit=Unit.BYTES, ge=1, le=2**50)
    ] = 2 * GIB
    weekly_upload_limit_bytes: Annotated[
        int,
        _about("Weekly allowance", "What each member may upload in a week.", unit=Unit.BYTES, ge=0, le=2**50),
    ] = 4 * GIB
    accepted_video_formats: Annotated[
        tuple[VideoFormat, ...],
        _about(
            "Accepted formats",
            "Kinds of video file that may be uploaded; judged by their content.",
            min_length=1,
        ),
    ] = ("mp4", "mov", "avi", "mkv", "webm")
    quota_reset_day: Annotated[
        int, _about("Allowance starts anew on", "Day of the week; 0 is Sunday, 6 is Saturday.", ge=0, le=6)
    ] = 0
    quota_reset_hour: Annotated[int, _about("At this hour", "Hour of that day, 0 to 23.", ge=0, le=23)] = 0
    quota_reset_timezone: Annotated[
        str, _about("Time zone", "A name such as Europe/Berlin; the hour above is meant there.", min_length=1)
    ] = "UTC"
    renditions: Annotated[
        tuple[int, ...],
        _about(
            "Sizes made", "Heights in lines, largest first, for example 1080,480.", min_length=1, max_length=4
        ),
    ] = (1080,)

    def __post_init__(self) -> None:
        if self.quota_reset_timezone not in available_timezones():
            raise ValueError(
                "quota_reset_timezone: That time zone is not known. Use a name such as Europe/Berlin."
            )
        if any(not 144 <= lines <= 1080 for lines in self.renditions):
            raise ValueError("renditions: Each size is between 144 and 1080 lines.")
        if list(self.renditions) != sorted(set(self.renditions), reverse=True):
            raise ValueError("renditions: Give each size once, largest first.")

    @property
    def reset_zone(self) -> ZoneInfo:
        """The time zone of the weekly reset."""
        return ZoneInfo(self.quota_reset_timezone)


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
    choices: tuple[str, ...] = ()

    @property
    def variable(self) -> str:
        """The environment variable's name."""
        return PREFIX + self.key.upper()


def _rows(struct: type[msgspec.Struct], *, needs_restart: bool) -> list[Setting]:
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
                choices=_choices(bare),
            )
        )
    return rows


def _choices(bare: Any) -> tuple[str, ...]:
    for candidate in (bare, *getattr(bare, "__args__", ())):
        if getattr(candidate, "__origin__", None) is Literal:
            return tuple(candidate.__args__)
    return ()


HOST_SETTINGS = tuple(_rows(HostSettings, needs_restart=True))
CONFIG_SETTINGS = tuple(_rows(Config, needs_restart=False))
SETTINGS = HOST_SETTINGS + CONFIG_SETTINGS
"""Every setting, in the order pages show them."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What a start has read: the host's settings, and the first values of the live ones."""

    host: HostSettings
    first_config: Config


def load(
    overrides: Mapping[str, Any] | None = None, environment: Mapping[str, str] | None = None
) -> Settings:
    """Read all sources. `overrides` maps keys (`port`) to values. Raises `CannotStart` naming the bad variable."""
    environment = os.environ if environment is None else environment
    given = {key: value for key, value in (overrides or {}).items() if value is not None}
    layers: list[Mapping[str, str | None]] = [environment, dotenv_values(Path.cwd() / ".env")]
    data_dir = given.get("data_dir") or _first(layers, "data_dir") or str(paths.default_data_dir())
    layers.append(dotenv_values(Path(data_dir).expanduser() / ".env"))
    values: dict[str, Any] = {"data_dir": str(data_dir)}
    for row in SETTINGS:
        text = _first(layers, row.key)
        if row.key in given:
            values[row.key] = given[row.key]
        elif text is not None and row.key != "data_dir":
            values[row.key] = text
    return Settings(host=_convert(HostSettings, values), first_config=_convert(Config, values))


def parse(row: Setting, text: str) -> Any:
    """The value that `text`, as typed by a person, has for `row`. Raises `InvalidInput` with what is wrong."""
    struct: type[msgspec.Struct] = HostSettings if row.needs_restart else Config
    values = {"data_dir": ".", row.key: text}
    try:
        return getattr(_from_texts(struct, values), row.key)
    except (msgspec.ValidationError, ValueError) as error:
        raise InvalidInput(_field_and_reason(error)[1], field=row.key) from None


def config_from(values: Mapping[str, Any]) -> Config:
    """A `Config` of `values`, which may be texts. Raises `InvalidInput` naming the field that is wrong."""
    try:
        config: Config = _from_texts(Config, values)
    except (msgspec.ValidationError, ValueError) as error:
        field, reason = _field_and_reason(error)
        raise InvalidInput(reason, field=field) from None
    return config


def format_value(value: Any) -> str:
    """A value as it stands in an environment variable; the inverse of `parse`."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ",".join(str(each) for each in value)
    return "" if value is None else str(value)


def store_host_setting(data_path: Path, row: Setting, text: str) -> None:
    """Keep `text` for the next start in the data folder's `.env`; an empty text goes back to the default."""
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


def _first(layers: list[Mapping[str, str | None]], key: str) -> str | None:
    return next((layer[PREFIX + key.upper()] for layer in layers if layer.get(PREFIX + key.upper())), None)


_StructT = Any


def _convert(struct: type[_StructT], values: Mapping[str, Any]) -> _StructT:
    known = {field.name for field in msgspec.structs.fields(struct)}
    try:
        return _from_texts(struct, {key: value for key, value in values.items() if key in known})
    except (msgspec.ValidationError, ValueError) as error:
        raise CannotStart(f"A setting is wrong. {_reason(error)}") from None


def _from_texts(struct: type[_StructT], values: Mapping[str, Any]) -> _StructT:
    hints = get_type_hints(struct)
    ready = {key: _split(hints.get(key), value) for key, value in values.items() if key in hints}
    return msgspec.convert(ready, struct, strict=False)


def _split(hint: Any, value: Any) -> Any:
    """Texts become lists and truth values; everything else is left to msgspec."""
    if not isinstance(value, str):
        return value
    if getattr(hint, "__origin__", None) is tuple:
        return [part.strip() for part in value.split(",") if part.strip()]
    if hint is bool and value.strip().lower() in {"yes", "on"}:
        return True
    if hint is bool and value.strip().lower() in {"no", "off"}:
        return False
    return value.strip()


def _reason(error: Exception) -> str:
    """What is wrong, with the variable's name in front where it is known."""
    key, message = _field_and_reason(error)
    return f"{PREFIX}{key.upper()}: {message}" if key else message


def _field_and_reason(error: Exception) -> tuple[str | None, str]:
    """Take a msgspec message apart: `Expected int <= 6 - at $.quota_reset_day`, or ours, `renditions: Each size …`."""
    message, _, where = str(error).partition(" - at `$.")
    key = where.split("[")[0].rstrip("`")
    if not key:
        head, colon, tail = message.partition(": ")
        key, message = (head, tail) if colon and head in Config.__struct_fields__ else ("", message)
    return key or None, message if message.endswith(".") else f"{message}."
