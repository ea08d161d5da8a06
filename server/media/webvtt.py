"""Writes WebVTT (W3C, "WebVTT: The Web Video Text Tracks Format"): times, escaping, and nothing that could be taken for
markup.

Pure. Whatever comes in, what goes out has one cue for each given, with no tags but `<b>`, `<i>` and `<u>`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

import msgspec

Style = frozenset[str]
"""Which of b, i and u a run of text has."""

PLAIN: Style = frozenset()
_KEPT = "\n\t"
_LINE_ENDS = dict.fromkeys(map(ord, "\x0b\x0c\x85\u2028\u2029"), "\n")


class Cue(msgspec.Struct, frozen=True):
    """What is shown from `start_ms` to `end_ms`; `text` is as `cue_text` makes it."""

    start_ms: int
    end_ms: int
    text: str


def document(cues: Iterable[Cue]) -> str:
    """A WebVTT file of `cues`, sorted by time."""
    ordered = sorted(cues, key=lambda each: (each.start_ms, each.end_ms))
    blocks = (f"{timestamp(cue.start_ms)} --> {timestamp(cue.end_ms)}\n{cue.text}\n" for cue in ordered)
    return "\n".join(["WEBVTT\n", *blocks])


def timestamp(time_ms: int) -> str:
    """`hh:mm:ss.ttt` (section 4.1)."""
    seconds, millis = divmod(max(0, time_ms), 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{millis:03}"


def cue_text(runs: Iterable[tuple[str, Style]], *, max_length: int) -> str:
    """The text of a cue (section 4.2): lines that are not empty, escaped; empty when nothing can be seen.

    At most `max_length` characters of what is given are kept.
    """
    left = max_length
    parts: list[str] = []
    for text, style in runs:
        kept = clean(text)[:left]
        left -= len(kept)
        tags = sorted(style)
        for number, line in enumerate(kept.split("\n")):
            if number:
                parts.append("\n")
            if line:
                opened = "".join(f"<{tag}>" for tag in tags)
                closed = "".join(f"</{tag}>" for tag in reversed(tags))
                parts.append(f"{opened}{escape(line)}{closed}" if line.strip() else line)
        if left <= 0:
            break
    lines = (line.strip() for line in "".join(parts).split("\n"))
    return "\n".join(line for line in lines if line)


def clean(text: str) -> str:
    """`text` without control characters and lone surrogates, every line end a `\\n`."""
    whole = text.replace("\r\n", "\n").replace("\r", "\n").translate(_LINE_ENDS)
    return "".join(char for char in whole if char in _KEPT or unicodedata.category(char) not in {"Cc", "Cs"})


def one_line(text: str, *, max_length: int) -> str:
    """`text` as a name in one line of at most `max_length` characters."""
    return " ".join(clean(text).split())[:max_length].rstrip()


def escape(text: str) -> str:
    """The three characters that mean something in a cue."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
