"""The filter chains between decoder and encoder, and the graphs that run them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path

import av
from av.audio.frame import AudioFrame
from av.filter import Graph
from av.filter.context import FilterContext
from av.video.frame import VideoFrame

from server.media.geometry import Size

#: A filter's name and its options.
Step = tuple[str, Mapping[str, str]]

_BT2020_PRIMARIES = 9  # ITU-T H.273, table 2
_RGB_PREFIXES = ("rgb", "bgr", "gbr", "argb", "abgr", "0rgb", "0bgr", "pal8")

_TURNS: dict[int, list[Step]] = {
    0: [],
    1: [("transpose", {"dir": "clock"})],
    2: [("hflip", {}), ("vflip", {})],
    3: [("transpose", {"dir": "cclock"})],
}

#: Layouts for tracks that tell only how many channels they have; the buffer source gives such frames its own.
_LAYOUT_BY_CHANNELS = {1: "mono", 2: "stereo", 3: "2.1", 4: "quad", 5: "5.0", 6: "5.1", 7: "6.1", 8: "7.1"}


def picture_steps(
    frame: VideoFrame,
    size: Size,
    *,
    quarter_turns: int,
    mirrored: bool,
    deinterlace: bool,
    rate: Fraction | None,
    colour_table: Path | None,
) -> list[Step]:
    """From a decoded frame to upright, progressive, SDR 8-bit 4:2:0 of `size`.

    `rate` thins frames out to it; `colour_table` brings HDR to SDR. Deinterlacing comes first, because it
    needs the lines as recorded; then the size, so that everything after it has the least to do.
    """
    steps: list[Step] = []
    if deinterlace:
        steps.append(("bwdif", {"mode": "send_frame", "parity": "auto", "deint": "interlaced"}))
    if rate is not None:
        steps.append(("fps", {"fps": str(rate)}))
    wide, high = (size.height, size.width) if quarter_turns % 2 else (size.width, size.height)
    cut = (frame.width - wide, frame.height - high)
    if max(cut) == 1 and min(cut) >= 0:
        steps.append(("crop", {"w": str(wide), "h": str(high), "x": "0", "y": "0"}))
    steps += _sized_and_sdr(frame, {"w": str(wide), "h": str(high)}, colour_table)
    steps.append(("format", {"pix_fmts": "yuv420p"}))
    if mirrored:
        steps.append(("hflip", {}))
    return [*steps, *_TURNS[quarter_turns], ("setsar", {"sar": "1"})]


def _sized_and_sdr(frame: VideoFrame, size: Mapping[str, str], colour_table: Path | None) -> list[Step]:
    if colour_table is not None:
        return [
            ("scale", size),
            ("format", {"pix_fmts": "gbrp16le"}),
            ("lut3d", {"file": str(colour_table)}),
            ("setparams", {"color_primaries": "bt709", "color_trc": "bt709"}),
            ("scale", {"out_range": "tv", "out_color_matrix": "bt709"}),
        ]
    if frame.color_primaries == _BT2020_PRIMARIES:
        bt709 = {"out_transfer": "bt709", "out_primaries": "bt709", "out_color_matrix": "bt709"}
        return [("scale", {**size, "out_range": "tv", **bt709})]
    if is_rgb(frame):
        return [("scale", {**size, "out_range": "tv", "out_color_matrix": "bt709"})]
    return [("scale", {**size, "out_range": "tv"})]


def is_rgb(frame: VideoFrame) -> bool:
    """Whether the frame stores red, green and blue rather than luma and chroma."""
    return frame.format.name.startswith(_RGB_PREFIXES)


class PictureGraph:
    """Runs picture steps on frames of one kind; `push` hands back what comes out."""

    def __init__(self, frame: VideoFrame, time_base: Fraction, rate: Fraction, steps: Sequence[Step]) -> None:
        self._graph = Graph()
        options = {
            "video_size": f"{frame.width}x{frame.height}",
            "pix_fmt": frame.format.name,
            "time_base": str(time_base),
            "frame_rate": str(rate),
            "pixel_aspect": "1/1",
            "colorspace": "gbr" if is_rgb(frame) else str(frame.colorspace),
            "range": str(frame.color_range),
        }
        _chain(self._graph, [("buffer", options), *steps, ("buffersink", {})])

    def push(self, frame: VideoFrame | None) -> Iterator[VideoFrame]:
        """Push a frame, or None at the end, and yield what is ready."""
        self._graph.vpush(frame)
        while True:
            try:
                yield self._graph.vpull()
            except (av.error.BlockingIOError, av.error.EOFError):
                return


class SoundGraph:
    """Brings sound of one kind to stereo at `rate`, filling gaps and dropping overlaps to stay in sync.

    What comes out begins at sample `first`, with silence where the sound itself begins later.
    """

    def __init__(self, frame: AudioFrame, rate: int, first: int) -> None:
        self._graph = Graph()
        options = {
            "time_base": f"1/{frame.sample_rate}",
            "sample_rate": str(frame.sample_rate),
            "sample_fmt": frame.format.name,
            "channel_layout": _layout(frame),
        }
        wanted = {"sample_fmts": "fltp", "channel_layouts": "stereo", "sample_rates": str(rate)}
        steps: list[Step] = [
            ("abuffer", options),
            ("aresample", {"sample_rate": str(rate), "async": "1", "first_pts": str(first)}),
            # of itself FFmpeg would make it 3 dB quieter, as if it were a film's centre speaker (measured)
            *([("pan", {"args": "stereo|c0=c0|c1=c0"})] if options["channel_layout"] == "mono" else []),
            ("aformat", wanted),
            ("abuffersink", {}),
        ]
        _chain(self._graph, steps)

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
    unspecified = name.endswith(" channels")
    return _LAYOUT_BY_CHANNELS.get(frame.layout.nb_channels, "stereo") if unspecified else name


def _chain(graph: Graph, steps: Sequence[Step]) -> None:
    last: FilterContext | None = None
    for name, options in steps:
        node = graph.add(name, **options)
        if last is not None:
            last.link_to(node)
        last = node
    graph.configure()
