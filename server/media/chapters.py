"""Turns the chapters of a file into a WebVTT file of chapter titles."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

from av.container import InputContainer

from server.media import webvtt

MAX_CHAPTERS = 500
_MAX_TITLE_LENGTH = 120


def write_chapters(
    container: InputContainer, target: Path, *, origin_ms: int, duration_ms: int | None
) -> bool:
    """Write the chapters to `target`, times counted from `origin_ms` of the source. False when there are none.

    A chapter lasts until the next one begins, whatever the file says: players show one at a time. Raises OSError when
    the disk fails.
    """
    found = container.chapters()[:MAX_CHAPTERS]
    starts: dict[int, str] = {}
    for number, chapter in enumerate(found, start=1):
        starts.setdefault(max(0, _to_ms(chapter, "start") - origin_ms), _title(chapter) or str(number))
    ordered = sorted(start for start in starts if duration_ms is None or start < duration_ms)
    if not ordered:
        return False
    last_ms = (
        max(_to_ms(found[-1], "end") - origin_ms, ordered[-1] + 1) if duration_ms is None else duration_ms
    )
    cues = [
        webvtt.Cue(start, end, webvtt.escape(starts[start])) for start, end in pairwise([*ordered, last_ms])
    ]
    target.write_text(webvtt.document(cues), encoding="utf-8")
    return True


def _to_ms(chapter: Any, key: str) -> int:
    ticks: int = chapter[key]
    time_base: Fraction = chapter["time_base"] or Fraction(1)
    return round(ticks * time_base * 1000)


def _title(chapter: Any) -> str:
    return webvtt.one_line(chapter["metadata"].get("title", ""), max_length=_MAX_TITLE_LENGTH)
