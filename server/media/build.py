"""What the FFmpeg that comes with PyAV can do here."""

from __future__ import annotations

from typing import Literal

import msgspec

#: Without these Clipset makes no video.
_NEEDED_ENCODERS = ("libx264", "aac")
_NEEDED_DECODERS = ("h264", "hevc", "vp9", "libdav1d", "aac", "opus")
_HARDWARE_ENCODERS = ("h264_nvenc", "h264_qsv", "h264_amf", "h264_videotoolbox")


class Build(msgspec.Struct, frozen=True, kw_only=True):
    """FFmpeg's version, what it should have and lacks, and the hardware encoders it was built with."""

    version: str
    missing: tuple[str, ...]
    hardware: tuple[str, ...]


def ffmpeg_build() -> Build:
    """Look at the FFmpeg in this process, which loads it. Raises ImportError when it cannot be loaded."""
    import av

    missing = [
        *(name for name in _NEEDED_ENCODERS if not _has(name, "w")),
        *(name for name in _NEEDED_DECODERS if not _has(name, "r")),
    ]
    return Build(
        version=av.ffmpeg_version_info,
        missing=tuple(missing),
        hardware=tuple(name for name in _HARDWARE_ENCODERS if _has(name, "w")),
    )


def _has(name: str, mode: Literal["r", "w"]) -> bool:
    from av.codec import Codec
    from av.codec.codec import UnknownCodecError

    try:
        Codec(name, mode)
    except UnknownCodecError:
        return False
    return True
