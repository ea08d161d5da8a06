"""The settings that members feel, and what their values have to be."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, available_timezones

import msgspec

from server.settings.setting import Unit, about
from server.values.languages import language_tag

GIB = 1024**3

VideoFormat = Literal["mp4", "mov", "avi", "mkv", "webm"]


@cache
def _time_zones() -> frozenset[str]:
    """All names; reading them takes 12 ms, and a `Config` is made for every look at the table."""
    return frozenset(available_timezones())


_TURNS = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
"""Unicode's classes of the marks that turn the direction of a line around (UAX #9)."""


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """What members feel. The single row of the `config` table; changed live."""

    server_name: Annotated[
        str, about("Name of the server", "Shown to everyone who joins.", min_length=1, max_length=60)
    ] = "Clipset"
    max_file_size_bytes: Annotated[
        int, about("Largest file", "The most one file may have.", unit=Unit.BYTES, ge=1, le=2**50)
    ] = 2 * GIB
    weekly_upload_limit_bytes: Annotated[
        int,
        about("Weekly allowance", "What each member may upload in a week.", unit=Unit.BYTES, ge=0, le=2**50),
    ] = 4 * GIB
    accepted_video_formats: Annotated[
        tuple[VideoFormat, ...],
        about(
            "Accepted formats",
            "Kinds of video file that may be uploaded; judged by their content.",
            min_length=1,
        ),
    ] = ("mp4", "mov", "avi", "mkv", "webm")
    quota_reset_day: Annotated[
        int, about("Allowance starts anew on", "Day of the week; 0 is Sunday, 6 is Saturday.", ge=0, le=6)
    ] = 0
    quota_reset_hour: Annotated[int, about("At this hour", "Hour of that day, 0 to 23.", ge=0, le=23)] = 0
    quota_reset_timezone: Annotated[
        str, about("Time zone", "A name such as Europe/Berlin; the hour above is meant there.", min_length=1)
    ] = "UTC"
    renditions: Annotated[
        tuple[int, ...],
        about(
            "Sizes made", "Heights in lines, largest first, for example 1080,480.", min_length=1, max_length=4
        ),
    ] = (1080,)
    always_transcode: Annotated[
        bool,
        about(
            "Encode everything", "Encode every video anew, also those that would play everywhere as they are."
        ),
    ] = False
    audio_language: Annotated[
        str,
        about(
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
