"""Tells whether an MP4 says more than how to play it: places, names, devices, times of recording.

Pure, over the payloads of boxes. What is not known to be needed for playing counts as private: then the file is
rewritten, which costs a second and leaves all of it out.
"""

from __future__ import annotations

from server.media.box_bytes import boxes_in

_MAX_DEPTH = 12

_METADATA = frozenset({b"udta", b"meta", b"uuid"})
_PADDING = frozenset({b"free", b"skip", b"wide"})
_TIMED = frozenset({b"mvhd", b"tkhd", b"mdhd"})
#: Boxes that have to be read before it can be said.
READ = _METADATA | _PADDING | _TIMED | {b"hdlr"}
#: What metadata may hold; `chpl` are chapters, which are kept.
_SILENT = frozenset({b"hdlr", b"free", b"skip", b"chpl", b"\x00\x00\x00\x00"})

#: Boxes that are about playing (ISO/IEC 14496-12, table 1; `tapt`, `load` and `gmhd` are QuickTime's).
_PLAYING = frozenset(
    b"ftyp moov mdat free skip wide styp sidx moof mfra pdin "
    b"mvhd trak mvex iods tkhd tref tapt load edts elst mdia mdhd hdlr elng minf vmhd smhd nmhd sthd gmhd dinf stbl "
    b"stsd stts ctts cslg stsc stsz stz2 stco co64 stss stsh sdtp sbgp sgpd subs saiz saio padb stdp".split()
)
#: How programs name their handlers; a phone writes its own name, and people can.
_HANDLER_NAMES = frozenset({b"", b"VideoHandler", b"SoundHandler", b"VideoHandle", b"SoundHandle"})
_COMPRESSOR_NAME_AT, _COMPRESSOR_NAME_BYTES = 58, 32


def tells(kind: bytes, payload: bytes) -> bool:
    """Whether a box of file, movie or track tells something private. Of kinds not in `READ` the name is enough."""
    if kind in _METADATA:
        return _metadata_tells(kind, payload)
    if kind in _PADDING:
        return any(payload)
    if kind in _TIMED:
        return any(payload[4:20] if payload[:1] == b"\x01" else payload[4:12])
    if kind == b"hdlr":
        return _name(payload[24:]) not in _HANDLER_NAMES
    return kind not in _PLAYING


def sample_entry_tells(stsd: bytes) -> bool:
    """Whether a picture's sample description names what recorded it (ISO/IEC 14496-12, 12.1.3, `compressorname`)."""
    name = stsd[_COMPRESSOR_NAME_AT : _COMPRESSOR_NAME_AT + _COMPRESSOR_NAME_BYTES]
    return bool(_name(name)) and not _name(name).startswith(b"Lavc")


def _name(text: bytes) -> bytes:
    """A name in C's fashion, or in Pascal's, which QuickTime uses."""
    counted = text[:1] and text[0] < len(text) and text[0] < 32
    return (text[1 : 1 + text[0]] if counted else text).rstrip(b"\x00")


def _metadata_tells(kind: bytes, payload: bytes, depth: int = 0) -> bool:
    """Whether a metadata box holds more than the name of the program that wrote it."""
    if kind in _SILENT:
        return False
    if kind == b"meta":  # with version and flags in MP4, without in QuickTime
        payload = payload if payload[4:8] == b"hdlr" else payload[4:]
    elif kind == b"ilst":
        return any(entry != b"\xa9too" for entry, _ in boxes_in(payload))
    elif kind != b"udta":
        return True
    if depth >= _MAX_DEPTH:
        return True
    return any(_metadata_tells(inner, body, depth + 1) for inner, body in boxes_in(payload))
