"""The sizes of a video, and the segments they are cut into, as playlists speak of them."""

from __future__ import annotations

from io import FileIO

import msgspec

#: The name of a video's main rendition; its further ones are called by their heights.
MAIN = "video"


class Rendition(msgspec.Struct, frozen=True, kw_only=True):
    """One size of a video that players can choose. `version` is another when its segments have been made anew.

    `ended` is false while there are segments to come.
    """

    height: int
    width: int
    frame_rate: float
    codecs: str
    peak_bits_per_s: int
    average_bits_per_s: int
    durations_ms: tuple[int, ...]
    ended: bool
    version: str


class SegmentBytes(msgspec.Struct, frozen=True, kw_only=True):
    """A segment to send: `start`, then `ranges`, each an (offset, length), of the open file, which the receiver closes.

    `version` changes with any byte of it.
    """

    start: bytes
    ranges: tuple[tuple[int, int], ...]
    file: FileIO
    version: str
