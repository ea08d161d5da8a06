"""What the packets of text tracks say, for each format: runs of text with their style, markup taken off.

Pure, and our own instead of FFmpeg's decoders: the bytes are hostile, and bold, italic and underline are all that is
kept of them.
"""

from __future__ import annotations

import html
import re
import struct
from collections.abc import Callable, Iterator

from server.media.box_bytes import boxes_in
from server.media.webvtt import PLAIN, Style

Run = tuple[str, Style]
Reader = Callable[[bytes], list[Run]]

_STYLES = frozenset("biu")
#: Tags of SubRip and WebVTT; any other `<…>` is somebody's text.
_TAG = re.compile(r"<(/?)(b|i|u|s|font|span|br|c|v|lang|ruby|rt)(?:[\s.:][^<>]*)?/?>", re.IGNORECASE)
#: A WebVTT timestamp within a cue, for karaoke.
_INNER_TIME = re.compile(r"<\d+(?::\d+){1,2}\.\d+>")
_OVERRIDES = re.compile(r"\{([^{}]*)\}")
_OVERRIDE = re.compile(r"\\(b|i|u|p)(\d*)(?=\\|\s|$)|\\r", re.IGNORECASE)
_ASS_FIELDS_BEFORE_TEXT = 8
_BOLD = 400
_MAX_STYLES = 200


def subrip(payload: bytes) -> list[Run]:
    """SubRip and WebVTT: tags like HTML's, entities, and now and then ASS's overrides."""
    text = _OVERRIDES.sub(lambda found: "" if "\\" in found[1] else found[0], _decoded(payload))
    return list(_tagged(_INNER_TIME.sub("", text)))


def plain(payload: bytes) -> list[Run]:
    """Text without any markup."""
    return [(_decoded(payload), PLAIN)]


def ass(payload: bytes) -> list[Run]:
    """A line of ASS or SSA as Matroska stores it: eight fields, then the text. Drawings are left out."""
    fields = _decoded(payload).split(",", _ASS_FIELDS_BEFORE_TEXT)
    return list(_overridden(fields[_ASS_FIELDS_BEFORE_TEXT])) if len(fields) > _ASS_FIELDS_BEFORE_TEXT else []


def mov_text(payload: bytes) -> list[Run]:
    """A sample of 3GPP timed text (3GPP TS 26.245, 5.17): a length, the text, boxes with styles."""
    (length,) = struct.unpack_from(">H", payload) if len(payload) >= 2 else (0,)
    raw = payload[2 : 2 + length]
    wide = raw[:2] in {b"\xfe\xff", b"\xff\xfe"}
    text = raw.decode("utf-16", "replace") if wide else raw.decode("utf-8", "replace")
    styles = [PLAIN] * len(text)
    for kind, body in boxes_in(payload[2 + length :]):
        if kind == b"styl" and len(body) >= 2:
            for start in range(2, min(len(body), 2 + 12 * _MAX_STYLES) - 11, 12):
                first, last, _font, face = struct.unpack_from(">HHHB", body, start)
                style = frozenset(tag for bit, tag in ((1, "b"), (2, "i"), (4, "u")) if face & bit)
                styles[first:last] = [style] * len(styles[first:last])
    return _joined(zip(text, styles, strict=True))


def wvtt(payload: bytes) -> list[Run]:
    """A sample of WebVTT in MP4 (ISO/IEC 14496-30): `vttc` boxes, each with its text in `payl`."""
    texts = [
        body
        for kind, inside in boxes_in(payload)
        if kind == b"vttc"
        for inner, body in boxes_in(inside)
        if inner == b"payl"
    ]
    return subrip(b"\n".join(texts))


def _decoded(payload: bytes) -> str:
    return payload.decode("utf-8", "replace").rstrip("\x00")


def _tagged(text: str) -> Iterator[Run]:
    open_tags: set[str] = set()
    position = 0
    for found in _TAG.finditer(text):
        yield html.unescape(text[position : found.start()]), frozenset(open_tags)
        position = found.end()
        name = found[2].lower()
        if name == "br":
            yield "\n", PLAIN
        elif name in _STYLES:
            (open_tags.discard if found[1] else open_tags.add)(name)
    yield html.unescape(text[position:]), frozenset(open_tags)


def _overridden(text: str) -> Iterator[Run]:
    style: set[str] = set()
    drawing = False
    position = 0
    for found in _OVERRIDES.finditer(text):
        if not drawing:
            yield _unescaped(text[position : found.start()]), frozenset(style)
        position = found.end()
        for override in _OVERRIDE.finditer(found[1]):
            name, value = (override[1] or "r").lower(), int((override[2] or "0")[:6])
            if name == "r":
                style.clear()
            elif name == "p":
                drawing = value > 0
            else:
                bold = name == "b" and value > _BOLD
                (style.add if value == 1 or bold else style.discard)(name)
    if not drawing:
        yield _unescaped(text[position:]), frozenset(style)


def _unescaped(text: str) -> str:
    return text.replace("\\N", "\n").replace("\\n", "\n").replace("\\h", "\u00a0")


def _joined(letters: Iterator[tuple[str, Style]]) -> list[Run]:
    runs: list[Run] = []
    for letter, style in letters:
        if runs and runs[-1][1] == style:
            runs[-1] = (runs[-1][0] + letter, style)
        else:
            runs.append((letter, style))
    return runs
