"""The settings of the machine, read once at a start."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from server.settings.setting import Unit, about

SECRET_KEY_MIN_BYTES = 32
"""As long as the SHA-256 it keys (RFC 7518 section 3.2)."""
METRICS_TOKEN_MIN_LENGTH = 16

Preset = Literal["ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower"]
Encoder = Literal["auto", "software", "nvenc", "qsv", "amf", "videotoolbox"]
Schedule = Literal["off", "daily", "weekly"]


class HostSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What belongs to the machine. A change needs a restart."""

    data_dir: Annotated[
        str, about("Data folder", "Where the database, the keys and, by default, the videos are kept.")
    ]
    database_url: Annotated[
        str,
        about(
            "Database",
            "Empty for SQLite in the data folder, or postgresql+psycopg://user:password@host/name.",
            secret=True,
        ),
    ] = ""
    secret_key: Annotated[
        str,
        about(
            "Secret key",
            "Signs sessions. Empty: generated at the first start and kept in a private file.",
            secret=True,
        ),
    ] = ""
    video_storage_path: Annotated[
        str, about("Video folder", "Where the videos are kept. Empty: a folder in the data folder.")
    ] = ""
    thumbnail_storage_path: Annotated[
        str,
        about("Thumbnail folder", "Where the preview pictures are kept. Empty: a folder in the data folder."),
    ] = ""
    host: Annotated[
        str, about("Network address", "0.0.0.0 for the whole network, 127.0.0.1 for this machine only.")
    ] = "0.0.0.0"  # noqa: S104  people on the network are who it is for
    advertised_host: Annotated[
        str,
        about(
            "Address to show",
            "The address or name that others are told. Empty: that of the network card that fits best.",
            max_length=253,
        ),
    ] = ""
    mdns: Annotated[
        bool,
        about(
            "Name on the network",
            "Answer to clipset.local on the local network, so that nobody has to type numbers.",
        ),
    ] = True
    port: Annotated[
        int, about("Port", "The number after the colon in the address; 0 picks a free one.", ge=0, le=65535)
    ] = 8400
    https: Annotated[
        bool,
        about(
            "Encrypt connections",
            "HTTPS with a certificate of this server's own, which each device has to trust once: /trust says how.",
        ),
    ] = False
    access_token_expire_minutes: Annotated[
        int,
        about(
            "Stay signed in for", "How long a session lasts, in minutes.", unit=Unit.MINUTES, ge=5, le=525_600
        ),
    ] = 43_200
    cors_origins: Annotated[
        tuple[str, ...],
        about(
            "Other web origins",
            "Origins that may call the API from a browser, separated by commas. Empty: none.",
        ),
    ] = ()
    allowed_hosts: Annotated[
        tuple[str, ...],
        about(
            "Other names of this server",
            "Host names under which it may be opened besides its addresses and .local names, separated by commas.",
        ),
    ] = ()
    metrics_token: Annotated[
        str,
        about(
            "Token for measurements",
            "Lets a monitoring program read /metrics without an account. Empty: admins alone may.",
            secret=True,
        ),
    ] = ""
    keep_originals: Annotated[
        bool, about("Keep originals", "Keep each uploaded file beside the MP4 that was made from it.")
    ] = False
    transcode_workers: Annotated[
        int,
        about(
            "Videos at a time", "How many videos are made ready at once; 0 for one per 4 cores.", ge=0, le=32
        ),
    ] = 0
    transcode_preset: Annotated[
        Preset, about("Encoder effort", "Slower makes smaller files of the same quality.")
    ] = "medium"
    transcode_crf: Annotated[
        int,
        about(
            "Quality",
            "Lower is better and larger: 18 is hard to tell from the original, 28 is rough.",
            ge=14,
            le=34,
        ),
    ] = 23
    hardware_encoder: Annotated[
        Encoder,
        about("Hardware encoder", "auto uses the graphics card when a trial works, software never does."),
    ] = "auto"
    backup_schedule: Annotated[
        Schedule,
        about(
            "Backups", "How often the database, the keys and the settings are copied into the data folder."
        ),
    ] = "daily"
    backups_kept: Annotated[
        int, about("Backups kept", "How many of these copies are kept.", ge=1, le=365)
    ] = 7
    wait_on_battery: Annotated[
        bool,
        about(
            "Wait for the mains", "On a laptop that runs on its battery, videos wait until it is plugged in."
        ),
    ] = False
    stay_awake: Annotated[
        bool,
        about(
            "Stay awake",
            "Keep this machine from falling asleep while somebody watches or uploads, or a video is made ready.",
        ),
    ] = True
    initial_admin_email: Annotated[
        str, about("First admin's e-mail", "Used once, when there is no account.")
    ] = ""
    initial_admin_username: Annotated[
        str, about("First admin's name", "Used once, when there is no account.")
    ] = ""
    initial_admin_password: Annotated[
        str, about("First admin's password", "Used once, when there is no account.", secret=True)
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
    def scheme(self) -> str:
        """What the server's addresses begin with."""
        return "https" if self.https else "http"

    @property
    def effective_workers(self) -> int:
        """Videos made ready at a time: as set, or one per 4 cores and at least 1."""
        return self.transcode_workers or max(1, (os.cpu_count() or 1) // 4)
