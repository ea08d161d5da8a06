"""Opens files through PyAV so that nothing but the given file, as one of the accepted containers, is ever
read.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
from av.container import InputContainer

#: The demuxers that may run at all. A playlist or a script under a video's name finds none (measured: without
#: this, an ffconcat text in an .mp4 decodes another file of its folder).
_FORMATS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi"

#: The largest picture that is decoded, in pixels: 8K with room to spare, but no 16000 × 16000 still.
MAX_PIXELS = 8192 * 8192

DECODER_OPTIONS = {"max_pixels": str(MAX_PIXELS)}


@contextmanager
def open_source(
    path: Path, *, decode_threads: int = 0, careful: bool = False, strict: bool = False
) -> Iterator[InputContainer]:
    """Open `path` for reading and close it for certain. `decode_threads` of 0 lets each decoder choose.

    `careful` is for damaged files: decoding several pictures at once would lose good ones next to a bad one
    (measured: 3 of 29). `strict` is for pictures that browsers are to decode as they are: one at a time, because while
    several are decoded at once a damaged one may be marked too late (measured: in up to 1 of 4 runs), and Chromium ends
    at what a decoder otherwise makes the best of. Raises av.FFmpegError when it is no container of ours.
    """
    if not path.is_absolute():
        raise ValueError("A source is opened by its absolute path.")
    container = av.open(
        str(path),
        "r",
        options={"format_whitelist": _FORMATS, "protocol_whitelist": "file", **DECODER_OPTIONS},
        metadata_errors="replace",
    )
    try:
        for stream in container.streams:
            if stream.type in ("video", "audio") and stream.codec_context is not None:
                stream.codec_context.options = dict(DECODER_OPTIONS)
                stream.codec_context.thread_count = decode_threads
                stream.codec_context.thread_type = "SLICE" if careful else "AUTO"
        for stream in container.streams.video if strict else ():
            stream.codec_context.options = {**DECODER_OPTIONS, "err_detect": "explode"}
            stream.codec_context.thread_count = 1
        yield container
    finally:
        container.close()


def declared_pixels(path: Path) -> int:
    """The largest picture that any track's header claims, in pixels, learned without decoding anything."""
    options = {
        "format_whitelist": _FORMATS,
        "protocol_whitelist": "file",
        "probesize": "32",
        "analyzeduration": "0",
    }
    with av.open(str(path), "r", options=options, metadata_errors="replace") as container:
        contexts = [
            stream.codec_context for stream in container.streams.video if stream.codec_context is not None
        ]
        return max((context.width * context.height for context in contexts), default=0)
