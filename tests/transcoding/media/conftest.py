"""Fixtures for tests of the media pipeline: orders for files, and made clips."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest

from server.media.messages import Decided, Finished, Message, Refused
from server.media.order import Order
from server.media.work import work

FORMATS = ("mp4", "mov", "avi", "mkv", "webm")

MakeOrder = Callable[..., Order]
Work = Callable[..., Finished]
Paint = Callable[[int], av.VideoFrame]


@pytest.fixture
def order_for(tmp_path: Path) -> MakeOrder:
    """An order for a file, with the fastest preset and a work folder of its own."""
    count = 0

    def make(source: Path, **changes: Any) -> Order:
        nonlocal count
        count += 1
        folder = tmp_path / f"work-{count}"
        folder.mkdir()
        choices: dict[str, Any] = {"accepted_formats": FORMATS, "preset": "ultrafast", **changes}
        return Order(source=source, work=folder, **choices)

    return make


@pytest.fixture
def finish(order_for: MakeOrder) -> Work:
    """Work a file off in this process and expect that it ends well."""

    def run(source: Path, **changes: Any) -> Finished:
        outcome = work(order_for(source, **changes), lambda _: None)
        assert isinstance(outcome, Finished), outcome
        return outcome

    return run


def decisions(order: Order) -> tuple[list[Decided], Finished | Refused]:
    """Work an order off and return what was decided on the way, and the end."""
    told: list[Message] = []
    outcome = work(order, told.append)
    return [message for message in told if isinstance(message, Decided)], outcome


def record(
    path: Path, paint: Paint, *, frames: int, codec: str = "libx264", rate: int = 25, **settings: Any
) -> Path:
    """Record a clip of painted frames; `settings` go to the encoder's context, `options` to the codec."""
    options = settings.pop("options", {})
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate, options=options)
        first = paint(0)
        context = stream.codec_context
        context.width, context.height, context.pix_fmt = first.width, first.height, first.format.name
        for name, value in settings.items():
            setattr(context, name, value)
        for number in range(frames):
            frame = paint(number)
            frame.pts, frame.time_base = number, Fraction(1, rate)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def flat(width: int, height: int, value: int, pixel_format: str = "yuv420p") -> av.VideoFrame:
    """A grey frame with every luma sample at `value`, chroma neutral."""
    frame = av.VideoFrame(width, height, pixel_format)
    deep = "10" in pixel_format
    for index, plane in enumerate(frame.planes):
        sample = value if index == 0 else (512 if deep else 128)
        plane.update(sample.to_bytes(2 if deep else 1, "little") * (plane.buffer_size // (2 if deep else 1)))
    return frame
