"""Opens the encoders of a result: x264, or the encoder of a graphics card that `server.media.hardware` has tried."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import msgspec
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from server.media.cuts import SEGMENT_S
from server.media.decision import VideoEncode
from server.media.order import Order

AUDIO_BITS_PER_S = 128_000
_TV_RANGE = 1  # AVCOL_RANGE_MPEG

SOFTWARE = "software"


class PictureCodec(msgspec.Struct, frozen=True, kw_only=True):
    """An H.264 encoder of FFmpeg and what it is told; {crf} and {preset} in `options` stand for the admin's."""

    codec: str
    pixel_format: str
    options: Mapping[str, str]

    def add_to(self, output: OutputContainer, rate: Fraction, order: Order) -> VideoStream:
        """A track of `output` that this encoder makes, not set up yet. Raises av.FFmpegError where there is none."""
        # VideoToolbox counts quality from 1 to 100 in units of FF_QP2LAMBDA; this puts x264's 23 at 56
        percent = round(100 - 1.9 * order.crf)
        told = {"crf": order.crf, "preset": order.preset, "quality": 118 * percent}
        options = {key: value.format(**told) for key, value in self.options.items()}
        stream = output.add_stream(self.codec, rate=rate, options=options)
        assert isinstance(stream, VideoStream)
        return stream


#: Constant quality near x264's at the same crf, High profile, and a forced keyframe is one that can be jumped to. Names
#: and ranges are from FFmpeg's lists of options; only x264's have been measured.
PICTURE_CODECS: dict[str, PictureCodec] = {
    SOFTWARE: PictureCodec(
        codec="libx264",
        pixel_format="yuv420p",
        options={"preset": "{preset}", "crf": "{crf}", "profile": "high", "forced-idr": "1"},
    ),
    "nvenc": PictureCodec(
        codec="h264_nvenc",
        pixel_format="yuv420p",
        options={
            **{"preset": "p5", "tune": "hq", "profile": "high", "forced-idr": "1"},
            **{"rc": "vbr", "cq": "{crf}", "b": "0"},
        },
    ),
    "qsv": PictureCodec(
        codec="h264_qsv",
        pixel_format="nv12",
        options={"preset": "medium", "profile": "high", "forced_idr": "1", "global_quality": "{crf}"},
    ),
    "amf": PictureCodec(
        codec="h264_amf",
        pixel_format="nv12",
        options={
            **{"usage": "transcoding", "quality": "balanced", "profile": "high", "forced_idr": "1"},
            **{"rc": "cqp", "qp_i": "{crf}", "qp_p": "{crf}"},
        },
    ),
    "videotoolbox": PictureCodec(
        codec="h264_videotoolbox",
        pixel_format="nv12",
        options={"profile": "high", "allow_sw": "0", "flags": "+qscale", "global_quality": "{quality}"},
    ),
}


def picture_time_base(source: Fraction | None) -> Fraction:
    """The source's own ticks where they are fine enough to keep, else 1/90000 s."""
    if source is not None and source.numerator == 1 and 10_000 <= source.denominator <= 1_000_000:
        return source
    return Fraction(1, 90_000)


def add_picture(
    output: OutputContainer,
    encode: VideoEncode,
    frame: VideoFrame,
    time_base: Fraction,
    order: Order,
) -> VideoStream:
    """An H.264 track for frames like `frame` (already filtered). The caller forces the regular keyframes.

    Forced by time and not counted by the encoder, keyframes fall on the same instants in every rendition, whatever the
    frame rate does; `gop_size` is only a second bound.
    """
    # an order that nobody chose an encoder for is done in software
    codec = PICTURE_CODECS.get(order.encoder, PICTURE_CODECS[SOFTWARE])
    stream = codec.add_to(output, encode.frame_rate.limit_denominator(60_000), order)
    context = stream.codec_context
    context.width, context.height = frame.width, frame.height
    context.pix_fmt = codec.pixel_format
    context.sample_aspect_ratio = Fraction(1)
    context.time_base = time_base
    context.thread_count = order.threads
    context.thread_type = "FRAME"  # PyAV's own choice would have x264 cut each picture into slices
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
