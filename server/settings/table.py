"""The one table of settings: each is declared once, with its type, default, limits, label and help.

The environment (`CLIPSET_*`), `.env` files, the admin API, the command line and the desktop's settings page
all derive from the two structs here. `HostSettings` belong to the machine and take effect at a start.
`Config` is what members feel: it lives in the database, is changed live, and takes its first values here.
"""

from __future__ import annotations

import os
import unicodedata
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, get_type_hints
from zoneinfo import ZoneInfo, available_timezones

import msgspec
from msgspec import Meta

from server.values.languages import language_tag

PREFIX = "CLIPSET_"
GIB = 1024**3
SECRET_KEY_MIN_BYTES = 32
"""As long as the SHA-256 it keys (RFC 7518 section 3.2)."""
METRICS_TOKEN_MIN_LENGTH = 16

VideoFormat = Literal["mp4", "mov", "avi", "mkv", "webm"]
Preset = Literal["ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower"]
Encoder = Literal["auto", "software", "nvenc", "qsv", "amf", "videotoolbox"]

Schedule = Literal["off", "daily", "weekly"]


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
    advertised_host: Annotated[
        str,
        _about(
            "Address to show",
            "The address or name that others are told. Empty: that of the network card that fits best.",
            max_length=253,
        ),
    ] = ""
    mdns: Annotated[
        bool,
        _about(
            "Name on the network",
            "Answer to clipset.local on the local network, so that nobody has to type numbers.",
        ),
    ] = True
    port: Annotated[
        int, _about("Port", "The number after the colon in the address; 0 picks a free one.", ge=0, le=65535)
    ] = 8400
    https: Annotated[
        bool,
        _about(
            "Encrypt connections",
            "HTTPS with a certificate of this server's own, which each device has to trust once: /trust says how.",
        ),
    ] = False
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
    metrics_token: Annotated[
        str,
        _about(
            "Token for measurements",
            "Lets a monitoring program read /metrics without an account. Empty: admins alone may.",
            secret=True,
        ),
    ] = ""
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
    backup_schedule: Annotated[
        Schedule,
        _about(
            "Backups", "How often the database, the keys and the settings are copied into the data folder."
        ),
    ] = "daily"
    backups_kept: Annotated[
        int, _about("Backups kept", "How many of these copies are kept.", ge=1, le=365)
    ] = 7
    wait_on_battery: Annotated[
        bool,
        _about(
            "Wait for the mains", "On a laptop that runs on its battery, videos wait until it is plugged in."
        ),
    ] = False
    stay_awake: Annotated[
        bool,
        _about(
            "Stay awake",
            "Keep this machine from falling asleep while somebody watches or uploads, or a video is made ready.",
        ),
    ] = True
    initial_admin_email: Annotated[
        str, _about("First admin's e-mail", "Used once, when there is no account.")
    ] = ""
    initial_admin_username: Annotated[
        str, _about("First admin's name", "Used once, when there is no account.")
    ] = ""
    initial_admin_password: Annotated[
        str, _about("First admin's password", "Used once, when there is no account.", secret=True)
    ] = ""

    def __post_init__(self) -> None:
        if 0 < len(self.secret_key.encode()) < SECRET_KEY_MIN_BYTES:
            raise ValueError(f"secret_key: Give at least {SECRET_KEY_MIN_BYTES} characters, or none.")
        if 0 < len(self.metrics_token) < METRICS_TOKEN_MIN_LENGTH:
            raise ValueError(f"metrics_token: Give at least {METRICS_TOKEN_MIN_LENGTH} characters, or none.")
        if self.database_url and not self.database_url.startswith(("sqlite:", "postgresql+psycopg:")):
            raise ValueError("database_url: It begins with postgresql+psycopg:// or sqlite:///, or is empty.")

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


@cache
def _time_zones() -> frozenset[str]:
    """All names; reading them takes 12 ms, and a `Config` is made for every look at the table."""
    return frozenset(available_timezones())


_TURNS = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
"""Unicode's classes of the marks that turn the direction of a line around (UAX #9)."""


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
    always_transcode: Annotated[
        bool,
        _about(
            "Encode everything", "Encode every video anew, also those that would play everywhere as they are."
        ),
    ] = False
    audio_language: Annotated[
        str,
        _about(
            "Language of the sound",
            "Which track is taken where a video has several, for example en or de. Empty: the file's own choice.",
            max_length=20,
        ),
    ] = ""

    def __post_init__(self) -> None:
        if self.quota_reset_timezone not in _time_zones():
            raise ValueError(
                "quota_reset_timezone: That time zone is not known. Use a name such as Europe/Berlin."
            )
        if any(unicodedata.category(char) in {"Cc", "Cn", "Cs", "Zl", "Zp"} for char in self.server_name):
            raise ValueError("server_name: Give a name in one line.")
        if any(unicodedata.bidirectional(char) in _TURNS for char in self.server_name):
            raise ValueError("server_name: Give a name without marks that turn its letters around.")
        if len(set(self.accepted_video_formats)) < len(self.accepted_video_formats):
            raise ValueError("accepted_video_formats: Name each format once.")
        if any(not 144 <= lines <= 1080 for lines in self.renditions):
            raise ValueError("renditions: Each size is between 144 and 1080 lines.")
        if list(self.renditions) != sorted(set(self.renditions), reverse=True):
            raise ValueError("renditions: Give each size once, largest first.")
        if self.audio_language and not language_tag(self.audio_language):
            raise ValueError(
                "audio_language: Use a language's code of two or three letters, such as en or de."
            )

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


HOST_SETTINGS = tuple(_rows(HostSettings, needs_restart=True))
CONFIG_SETTINGS = tuple(_rows(Config, needs_restart=False))
SETTINGS = HOST_SETTINGS + CONFIG_SETTINGS
"""Every setting, in the order pages show them."""
