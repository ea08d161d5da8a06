"""Opens the encoders of a result. Only software for now; a hardware encoder is one more branch of
`add_picture`.
"""

from __future__ import annotations

from fractions import Fraction

from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from server.media.cuts import SEGMENT_S
from server.media.decision import VideoEncode
from server.media.order import Order

AUDIO_BITS_PER_S = 128_000
_TV_RANGE = 1  # AVCOL_RANGE_MPEG


def picture_time_base(source: Fraction | None) -> Fraction:
    """The source's own ticks where they are fine enough to keep, else 1/90000 s."""
    if source is not None and source.numerator == 1 and 10_000 <= source.denominator <= 1_000_000:
        return source
    return Fraction(1, 90_000)


def add_picture(
    output: OutputContainer, encode: VideoEncode, frame: VideoFrame, time_base: Fraction, order: Order
) -> VideoStream:
    """An x264 track for frames like `frame` (already filtered). The caller forces the regular keyframes.

    Forced by time and not counted by x264, they fall on the same instants in every rendition, whatever the
    frame rate does; `gop_size` is only a second bound.
    """
    stream = output.add_stream(
        "libx264",
        rate=encode.frame_rate.limit_denominator(60_000),
        options={"preset": order.preset, "crf": str(order.crf), "profile": "high", "forced-idr": "1"},
    )
    context = stream.codec_context
    context.width, context.height = frame.width, frame.height
    context.pix_fmt = "yuv420p"
    context.sample_aspect_ratio = Fraction(1)
    context.time_base = time_base
    context.thread_count = order.threads
    context.gop_size = max(1, round(2 * SEGMENT_S * encode.frame_rate))
    context.color_range = _TV_RANGE
    context.colorspace = frame.colorspace
    context.color_primaries = frame.color_primaries
    context.color_trc = frame.color_trc
    return stream


def add_sound(output: OutputContainer, rate: int) -> AudioStream:
    """A stereo AAC-LC track."""
    stream = output.add_stream("aac", rate=rate)
    stream.codec_context.layout = "stereo"
    stream.codec_context.format = "fltp"
    stream.codec_context.bit_rate = AUDIO_BITS_PER_S
    return stream
