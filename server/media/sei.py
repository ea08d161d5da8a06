"""What an H.264 stream says besides its picture (ITU-T H.264, annex D): cameras put places, times and serial numbers
there as user data that nobody has registered. No player needs it, so a copy is made without.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from server.media.nal_units import units_of

SEI = 6  # nal_unit_type, table 7-1
_USER_DATA_UNREGISTERED = 5
_UUID_BYTES = 16
#: x264 signs its streams with its version and settings, and FFmpeg's decoder makes allowances for old ones by it.
_X264 = bytes.fromhex("dc45e9bde6d948b7962cd820d923eeef")
_STOP_BIT = b"\x80"


def tells(unit: memoryview) -> bool:
    """Whether a unit of type `SEI` holds user data that is nobody's business."""
    return any(_is_private(*message) for message in _messages(unit))


def silenced(picture: bytes, length_size: int) -> bytes:
    """A coded picture, its units after lengths of `length_size` bytes, without such user data."""
    units = list(units_of(memoryview(picture), length_size))
    if not any(kind == SEI and tells(unit) for kind, unit in units) or units[-1][0] == -1:
        return picture
    kept = (_without_user_data(unit) if kind == SEI else bytes(unit) for kind, unit in units)
    return b"".join(len(unit).to_bytes(length_size, "big") + unit for unit in kept if unit)


def _is_private(kind: int, payload: bytes) -> bool:
    return kind == _USER_DATA_UNREGISTERED and payload[:_UUID_BYTES] != _X264


def _without_user_data(unit: memoryview) -> bytes:
    """The unit with its other messages; nothing when there are none."""
    kept = b"".join(
        _number(kind) + _number(len(payload)) + payload
        for kind, payload in _messages(unit)
        if not _is_private(kind, payload)
    )
    # bytes that would look like a start code are told apart by a 3 (7.4.1.1)
    return bytes(unit[:1]) + re.sub(rb"\0\0(?=[\0-\3])", b"\0\0\3", kept + _STOP_BIT) if kept else b""


def _messages(unit: memoryview) -> Iterator[tuple[int, bytes]]:
    """(type, payload) of each message (7.3.2.3); a damaged one ends the list."""
    data = bytes(unit[1:]).replace(b"\0\0\3", b"\0\0")
    position, end = 0, len(data.rstrip(b"\0")) - 1
    while position < end:
        kind, position = _read_number(data, position)
        length, position = _read_number(data, position)
        if position + length > end:
            return
        yield kind, data[position : position + length]
        position += length


def _read_number(data: bytes, position: int) -> tuple[int, int]:
    value = 0
    while position < len(data):
        value += data[position]
        position += 1
        if data[position - 1] != 0xFF:
            break
    return value, position


def _number(value: int) -> bytes:
    return b"\xff" * (value // 255) + bytes([value % 255])
