"""What stands beside a video: its subtitles, chapters and storyboard, and the names of their files in their folder."""

from __future__ import annotations

import msgspec

CHAPTERS = "chapters.vtt"
STORYBOARD = "storyboard.jpg"
STORYBOARD_CUES = "storyboard.vtt"


def subtitles_name(n: int) -> str:
    """The file of the `n`th track of subtitles, from 1."""
    return f"subtitles-{n}.vtt"


class Subtitle(msgspec.Struct, frozen=True, kw_only=True):
    """A track of subtitles, from 1. `language` is a BCP 47 tag, empty when nobody said; `label` is for people."""

    n: int
    language: str
    label: str


class Sidecars(msgspec.Struct, frozen=True, kw_only=True):
    """Which of them a video has."""

    subtitles: tuple[Subtitle, ...] = ()
    has_chapters: bool = False
    has_storyboard: bool = False
