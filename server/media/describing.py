"""How a track is described in an MP4 (its `stsd` box), asked of FFmpeg's own writer, which knows all the details."""

from __future__ import annotations

import io

import av
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.stream import VideoStream

from server.media.box_bytes import box, boxes_in
from server.media.inspection import NotSoundError, blamed_on_source

_PATH = (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd")


class Scratch:
    """An MP4 in memory that no sample is ever written to. Encoders are opened in it, tracks are described by it."""

    def __init__(self) -> None:
        self._bytes = io.BytesIO()
        options = {"movflags": "empty_moov+default_base_moof", "fflags": "+bitexact"}
        self.container: OutputContainer = av.open(self._bytes, "w", format="mp4", options=options)

    def describe(self) -> bytes:
        """Open the encoder of the one track that was added, and return its `stsd` box.

        Raises av.FFmpegError when the track does not fit into an MP4, `NotSoundError` when it lacks what players need.
        """
        self.container.start_encoding()
        payload = self._bytes.getvalue()
        for wanted in _PATH:
            payload = next((body for kind, body in boxes_in(payload) if kind == wanted), b"")
        if b"avcC" not in payload and b"esds" not in payload:
            sound = bool(self.container.streams.audio)
            raise NotSoundError("it lacks what players have to know beforehand", in_sound=sound)
        return box(b"stsd", payload)

    def close(self) -> None:
        """Let the encoder go."""
        self.container.close()


def describe_copy(stream: VideoStream | AudioStream) -> bytes:
    """The `stsd` box of a track that is taken over as it is. Raises like `Scratch.describe`."""
    scratch = Scratch()
    try:
        scratch.container.add_stream_from_template(stream)
        with blamed_on_source():
            return scratch.describe()
    finally:
        scratch.close()


def codecs(sample_descriptions: list[bytes]) -> str:
    """The `CODECS` attribute of a playlist (RFC 6381) for tracks described so."""
    named = []
    for description in sample_descriptions:
        at = description.find(b"avcC")
        named.append(f"avc1.{description[at + 5 : at + 8].hex()}" if at >= 0 else "mp4a.40.2")
    return ",".join(named)
