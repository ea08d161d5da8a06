"""The chapters of a file: read, then written as WebVTT for browsers and as a box of the MP4 for other players."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
from av.container import InputContainer

from server.media import webvtt
from server.media.box_bytes import box, full_box

MAX_CHAPTERS = 500
_MAX_TITLE_LENGTH = 120
#: `chpl` counts chapters, and the bytes of a title, in one byte.
_MOST_IN_BOX = _MOST_TITLE_BYTES = 255
_BOX_TICKS_A_MS = 10_000


class Chapter(msgspec.Struct, frozen=True):
    """It lasts until the next one begins, whatever the file says: players show one at a time."""

    start_ms: int
    end_ms: int
    title: str


def read_chapters(
    container: InputContainer, *, origin_ms: int, duration_ms: int | None
) -> tuple[Chapter, ...]:
    """The chapters in order, times counted from `origin_ms` of the source."""
    found = container.chapters()[:MAX_CHAPTERS]
    titles: dict[int, str] = {}
    for number, chapter in enumerate(found, start=1):
        titles.setdefault(max(0, _to_ms(chapter, "start") - origin_ms), _title(chapter) or str(number))
    starts = sorted(start for start in titles if duration_ms is None or start < duration_ms)
    if not starts:
        return ()
    last_ms = (
        max(_to_ms(found[-1], "end") - origin_ms, starts[-1] + 1) if duration_ms is None else duration_ms
    )
    return tuple(Chapter(start, end, titles[start]) for start, end in pairwise([*starts, last_ms]))


def write_chapters(chapters: Sequence[Chapter], target: Path) -> None:
    """Write them as WebVTT. Raises OSError when the disk fails."""
    cues = [webvtt.Cue(each.start_ms, each.end_ms, webvtt.escape(each.title)) for each in chapters]
    target.write_text(webvtt.document(cues), encoding="utf-8")


def chapters_box(chapters: Sequence[Chapter]) -> bytes:
    """A movie's `udta` with Nero's `chpl` in it, which FFmpeg, VLC and mpv read; nothing when there are no chapters."""
    if not chapters:
        return b""
    entries = []
    for each in chapters[:_MOST_IN_BOX]:
        title = each.title.encode()[:_MOST_TITLE_BYTES].decode(errors="ignore").encode()
        entries.append(struct.pack(">QB", each.start_ms * _BOX_TICKS_A_MS, len(title)) + title)
    return box(b"udta", full_box(b"chpl", 1, 0, struct.pack(">IB", 0, len(entries)), *entries))


def _to_ms(chapter: Any, key: str) -> int:
    ticks: int = chapter[key]
    time_base: Fraction = chapter["time_base"] or Fraction(1)
    return round(ticks * time_base * 1000)


def _title(chapter: Any) -> str:
    return webvtt.one_line(chapter["metadata"].get("title", ""), max_length=_MAX_TITLE_LENGTH)
