"""The filter chains between decoder and encoder, and the graphs that run them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

import av
from av.audio.frame import AudioFrame
from av.filter import Graph
from av.video.frame import VideoFrame

from server.media.geometry import Size

Step = tuple[str, str]

_HDR_TRANSFERS = (16, 18)  # PQ and HLG, ITU-T H.273 table 3
_BT2020_PRIMARIES = 9
_RGB_PREFIXES = ("rgb", "bgr", "gbr", "argb", "abgr", "0rgb", "0bgr", "pal8")

_TURNS: dict[int, list[Step]] = {
    0: [],
    1: [("transpose", "clock")],
    2: [("hflip", ""), ("vflip", "")],
    3: [("transpose", "cclock")],
}

#: Layouts for tracks that tell only how many channels they have. The buffer source gives its own layout to such frames.
_LAYOUT_BY_CHANNELS = {1: "mono", 2: "stereo", 3: "2.1", 4: "quad", 5: "5.0", 6: "5.1", 7: "6.1", 8: "7.1"}


def picture_steps(
    frame: VideoFrame,
    size: Size,
    *,
    quarter_turns: int,
    mirrored: bool,
    deinterlace: bool,
    rate: Fraction | None,
) -> list[Step]:
    """From a decoded frame to upright, progressive, SDR 8-bit 4:2:0 of `size`; `rate` thins frames out to it.

    Deinterlacing comes first (it needs the lines as recorded), then the size, so that everything after it has the least
    to do.
    """
    steps: list[Step] = []
    if deinterlace:
        steps.append(("bwdif", "mode=send_frame:parity=auto:deint=interlaced"))
    if rate is not None:
        steps.append(("fps", f"fps={rate}"))
    wide, high = (size.height, size.width) if quarter_turns % 2 else (size.width, size.height)
    if (
        frame.width - wide in (0, 1)
        and frame.height - high in (0, 1)
        and (wide, high) != (frame.width, frame.height)
    ):
        steps.append(("crop", f"{wide}:{high}:0:0"))
    steps.append(("scale", f"{wide}:{high}:{_colour(frame)}"))
    steps.append(("format", "yuv420p"))
    if mirrored:
        steps.append(("hflip", ""))
    return [*steps, *_TURNS[quarter_turns], ("setsar", "1")]


def _colour(frame: VideoFrame) -> str:
    """What the scaler is told about colour. Its own perceptual mapping brings HDR and wide gamut to BT.709."""
    if frame.color_trc in _HDR_TRANSFERS:
        return "out_range=tv:out_transfer=bt709:out_primaries=bt709:out_color_matrix=bt709:intent=perceptual"
    if frame.color_primaries == _BT2020_PRIMARIES:
        return "out_range=tv:out_transfer=bt709:out_primaries=bt709:out_color_matrix=bt709"
    if frame.format.name.startswith(_RGB_PREFIXES):
        return "out_range=tv:out_color_matrix=bt709"
    return "out_range=tv"


class PictureGraph:
    """Runs picture steps on frames of one kind; `push` hands back what comes out."""

    def __init__(self, frame: VideoFrame, time_base: Fraction, rate: Fraction, steps: Sequence[Step]) -> None:
        self._graph = Graph()
        source = self._graph.add(
            "buffer",
            f"video_size={frame.width}x{frame.height}:pix_fmt={frame.format.name}:time_base={time_base}"
            f":frame_rate={rate}:pixel_aspect=1/1:colorspace={frame.colorspace}:range={frame.color_range}",
        )
        _chain(self._graph, source, steps, "buffersink")

    def push(self, frame: VideoFrame | None) -> Iterator[VideoFrame]:
        """Push a frame, or None at the end, and yield what is ready."""
        self._graph.vpush(frame)
        while True:
            try:
                yield self._graph.vpull()
            except (av.error.BlockingIOError, av.error.EOFError):
                return


class SoundGraph:
    """Brings sound of one kind to stereo at `rate`, filling gaps and dropping overlaps so that it stays in sync."""

    def __init__(self, frame: AudioFrame, rate: int) -> None:
        self._graph = Graph()
        source = self._graph.add(
            "abuffer",
            f"time_base=1/{frame.sample_rate}:sample_rate={frame.sample_rate}"
            f":sample_fmt={frame.format.name}:channel_layout={_layout(frame)}",
        )
        steps = [
            ("aresample", f"{rate}:async=1:first_pts=0"),
            ("aformat", f"sample_fmts=fltp:channel_layouts=stereo:sample_rates={rate}"),
        ]
        _chain(self._graph, source, steps, "abuffersink")

    def push(self, frame: AudioFrame | None) -> Iterator[AudioFrame]:
        """Push a frame, or None at the end, and yield what is ready."""
        self._graph.push(frame)
        while True:
            try:
                pulled = self._graph.pull()
            except (av.error.BlockingIOError, av.error.EOFError):
                return
            if isinstance(pulled, AudioFrame):
                yield pulled


def _layout(frame: AudioFrame) -> str:
    name = frame.layout.name
    return _LAYOUT_BY_CHANNELS.get(frame.layout.nb_channels, "stereo") if name.endswith(" channels") else name


def _chain(graph: Graph, source: av.filter.context.FilterContext, steps: Sequence[Step], sink: str) -> None:
    last = source
    for name, arguments in [*steps, (sink, "")]:
        node = graph.add(name, arguments or None)
        last.link_to(node)
        last = node
    graph.configure()
