"""Tells from a file's first bytes what it is, and whether that is accepted. Names are never looked at. No
PyAV here.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

import msgspec

from server.media.messages import RefusalCode
from server.media.refusals import SENTENCES

#: How much of the head is looked at.
HEAD_BYTES = 4096

Kind = Literal[
    "mp4", "mov", "3gp", "avi", "mkv", "webm", "ogg", "asf", "flv", "mpeg", "segment",
    "wav", "mp3", "flac", "ogg_audio", "aac",
    "jpeg", "png", "gif", "bmp", "webp", "heif", "matroska_broken",
    "m3u8", "ffconcat", "html", "text", "zip", "pdf", "empty", "unknown",
]  # fmt: skip


class Sniffed(msgspec.Struct, frozen=True, kw_only=True):
    """What the bytes are. `refusal` and `sentence` are set when no video can come of it."""

    kind: Kind
    refusal: RefusalCode | None
    sentence: str | None


_REFUSALS: dict[Kind, RefusalCode] = {
    "3gp": "format_not_accepted",
    "ogg": "format_not_accepted",
    "asf": "format_not_accepted",
    "flv": "format_not_accepted",
    "mpeg": "format_not_accepted",
    "segment": "incomplete",
    "empty": "incomplete",
    "wav": "only_sound",
    "mp3": "only_sound",
    "flac": "only_sound",
    "ogg_audio": "only_sound",
    "aac": "only_sound",
    "jpeg": "only_a_picture",
    "png": "only_a_picture",
    "gif": "only_a_picture",
    "bmp": "only_a_picture",
    "webp": "only_a_picture",
    "heif": "only_a_picture",
    "matroska_broken": "damaged",
    "m3u8": "not_a_video",
    "ffconcat": "not_a_video",
    "html": "not_a_video",
    "text": "not_a_video",
    "zip": "not_a_video",
    "pdf": "not_a_video",
    "unknown": "not_a_video",
}

_MAGIC: tuple[tuple[bytes, Kind], ...] = (
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "asf"),
    (b"FLV\x01", "flv"),
    (b"fLaC", "flac"),
    (b"ID3", "mp3"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF8", "gif"),
    (b"BM", "bmp"),
    (b"PK\x03\x04", "zip"),
    (b"%PDF-", "pdf"),
    (b"\x00\x00\x01\xba", "mpeg"),
    (b"\x00\x00\x01\xb3", "mpeg"),
)

#: First boxes of an ISO-BMFF or QuickTime file without `ftyp`, and of a lone media segment.
_OLD_QUICKTIME = {b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot"}
_SEGMENT = {b"styp", b"moof", b"sidx", b"emsg"}
_STILL_BRANDS = {b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif", b"avis"}


def sniff(head: bytes, accepted_formats: Collection[str]) -> Sniffed:
    """Judge the first `HEAD_BYTES` of a file (all of a shorter one) against the accepted formats."""
    kind = _kind(head)
    refusal = _REFUSALS.get(kind)
    if refusal is None and kind not in accepted_formats:
        refusal = "format_not_accepted"
    return Sniffed(kind=kind, refusal=refusal, sentence=SENTENCES[refusal] if refusal else None)


def _kind(head: bytes) -> Kind:
    if not head:
        return "empty"
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    for look in (_matroska, _riff, _ogg, _iso, _sound, _transport, _text):
        found = look(head)
        if found is not None:
            return found
    return "unknown"


def _ogg(head: bytes) -> Kind | None:
    if head[:4] != b"OggS":
        return None
    return "ogg" if b"\x80theora" in head else "ogg_audio"


def _iso(head: bytes) -> Kind | None:
    kind = head[4:8]
    if kind == b"ftyp":
        brand = head[8:12]
        if brand[:2] == b"3g":
            return "3gp"
        if brand in _STILL_BRANDS:
            return "heif"
        return "mov" if brand == b"qt  " else "mp4"
    if kind in _OLD_QUICKTIME:
        return "mov"
    return "segment" if kind in _SEGMENT else None


def _riff(head: bytes) -> Kind | None:
    if head[:4] != b"RIFF":
        return None
    forms: dict[bytes, Kind] = {b"AVI ": "avi", b"WAVE": "wav", b"WEBP": "webp"}
    return forms.get(head[8:12], "unknown")


def _matroska(head: bytes) -> Kind | None:
    """The DocType element (RFC 8794, 11.2.7) says which of the two it is."""
    if head[:4] != b"\x1a\x45\xdf\xa3":
        return None
    at = head.find(b"\x42\x82", 4, 128) + 2
    if at < 2 or at >= len(head) or head[at] == 0:
        return "matroska_broken"
    size_bytes = 9 - head[at].bit_length()
    length = int.from_bytes(head[at : at + size_bytes], "big") & ((1 << (7 * size_bytes)) - 1)
    name = head[at + size_bytes : at + size_bytes + length].rstrip(b"\x00")
    if name == b"webm":
        return "webm"
    return "mkv" if name == b"matroska" else "matroska_broken"


def _sound(head: bytes) -> Kind | None:
    """MPEG audio by two frame headers in a row would need their lengths; layer III's and ADTS's first word do
    here.
    """
    if len(head) < 4 or head[0] != 0xFF:
        return None
    if head[1] & 0xF6 == 0xF0:
        return "aac"
    return "mp3" if head[1] & 0xE6 == 0xE2 else None


def _transport(head: bytes) -> Kind | None:
    for step in (188, 192):
        start = step - 188
        if len(head) > start + 3 * step and all(head[start + n * step] == 0x47 for n in range(4)):
            return "mpeg"
    return None


def _text(head: bytes) -> Kind | None:
    if b"\x00" in head:
        return None
    try:
        text = head.decode("utf-8", errors="strict" if len(head) < HEAD_BYTES else "ignore")
    except UnicodeDecodeError:
        return None
    start = text.lstrip("\ufeff \t\r\n").lower()
    if start.startswith("#extm3u"):
        return "m3u8"
    if start.startswith("ffconcat"):
        return "ffconcat"
    return "html" if start.startswith(("<!doctype", "<html", "<?xml", "<svg", "<script")) else "text"
