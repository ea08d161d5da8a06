"""What is known about a file before anything is done to it. Frozen values, no PyAV, no opinion."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

import msgspec

Transfer = Literal["sdr", "pq", "hlg"]


class CopyFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What reading every packet of an H.264 track told. `fault` says in plain words why a copy would not be
    sound. `keyframe_gap_ms` is the longest stretch without a place to jump to: a keyframe that stands alone (IDR).
    """

    packets: int
    keyframe_gap_ms: int
    bytes: int
    fault: str | None
    damaged: bool
    """The fault is damage, not a matter of form."""
    wrongly_marked: bool = False
    """An MP4 marks other pictures as keyframes than those that stand alone. Jumping to one of an open group ends
    Chromium's player, and too few marks make it wait long (seen with version 156)."""
    tells: bool = False
    """Its pictures carry what is nobody's business; a copy is made without."""


class VideoFacts(msgspec.Struct, frozen=True, kw_only=True):
    """The chosen video track. `width` and `height` are as coded, before `pixel_aspect` and turning."""

    index: int
    codec: str
    profile: str
    level: int
    width: int
    height: int
    pixel_format: str
    pixel_aspect: Fraction
    quarter_turns: int
    """Clockwise turns of 90° that make the picture upright, 0 to 3, applied after `mirrored`."""
    mirrored: bool
    """Left and right are swapped before turning."""
    frame_rate: Fraction | None
    interlaced: bool
    transfer: Transfer
    full_range: bool
    start_ms: int
    duration_ms: int | None
    decode_timed: bool
    """Times are those of decoding, not of showing; AVI stores no others."""
    timed: bool
    """Packets carry times; pictures before the first time are a lead-in that is not shown."""
    copy: CopyFacts | None = None
    """None when the track was not read through, because it cannot be copied anyway."""

    @property
    def end_ms(self) -> int | None:
        """When its last picture ends."""
        return None if self.duration_ms is None else self.start_ms + self.duration_ms


class AudioFacts(msgspec.Struct, frozen=True, kw_only=True):
    """The chosen audio track."""

    index: int
    codec: str
    profile: str
    channels: int
    sample_rate: int
    start_ms: int
    duration_ms: int | None
    fault: str | None = None
    """Why a copy would not be sound, in plain words; found out only by trying."""
    unreadable: bool = False
    """Nothing of it can be decoded; found out only by trying."""


class FileFacts(msgspec.Struct, frozen=True, kw_only=True):
    """One file. `container` is mp4, mov, mkv, webm or avi, by content."""

    container: str
    size_bytes: int
    duration_ms: int | None
    video: VideoFacts
    audio: AudioFacts | None
    extra_tracks: int
    whole: bool
    """Every box of an MP4 ends where it says; always true of other containers."""
    faststart: bool
    fragmented: bool
    private_metadata: bool
    edited: bool
    """An edit list does more than hide the encoder's delay: it cuts, repeats or pauses."""
    has_words: bool = False
    """It has chapters, or tracks of subtitles."""

    @property
    def origin_ms(self) -> int:
        """Where the result's zero is in the source: where the first of the two tracks starts."""
        return min([self.video.start_ms, *([self.audio.start_ms] if self.audio else [])])
