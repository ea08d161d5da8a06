"""Encoding by a graphics card, which the machines that run these tests have not: a stand-in takes its place.

The stand-in is an encoder like any other behind `PictureCodec`; it fails when it is told to. What is real is the trial
with the real names, which must end in software wherever there is no such card.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest

from server.media import encoders
from server.media.encoders import PICTURE_CODECS, SOFTWARE, PictureCodec
from server.media.geometry import Size
from server.media.hardware import choose_encoder
from server.media.messages import Finished
from server.media.order import Order
from tests.transcoding.media.conftest import MakeOrder, Work, decisions, flat, record
from tests.transcoding.media.films import damage, kept, rewrite
from tests.transcoding.media.looking import see

Media = Callable[[str], Path]
_CLIP, _FRAMES = "ax_bbb_960x540_60fps_vp8.webm", 60
_SIZE = Size(1280, 720)


class _Track:
    """An encoder's track that is opened, counted and, at a given picture, broken."""

    def __init__(self, real: Any, card: _Card) -> None:
        self._real = real
        self._card = card

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def encode(self, frame: av.VideoFrame | None = None) -> list[Any]:
        self._card.calls += 1
        if self._card.breaks_at(frame):
            raise av.error.ExternalError(-542398533, "the driver went away")
        if frame is not None and self._card.paints is not None:
            for plane in frame.planes:
                plane.update(bytes([self._card.paints]) * plane.buffer_size)
        return list(self._real.encode(frame))


class _Card:
    """libx264 in the place of a graphics card: behaves as a `PictureCodec`.

    It fails from the call of `encode` after `fails_after` on, or where the encode ends, or `paints` every picture.
    """

    def __init__(
        self, *, fails_after: int | None = None, fails_at_end: bool = False, paints: int | None = None
    ) -> None:
        options = {"preset": "ultrafast", "crf": "{crf}", "forced-idr": "1"}
        self._real = PictureCodec(codec="libx264", pixel_format="nv12", options=options)
        self.pixel_format = self._real.pixel_format
        self.fails_after = fails_after
        self.fails_at_end = fails_at_end
        self.paints = paints
        self.calls = 0

    def breaks_at(self, frame: av.VideoFrame | None) -> bool:
        at_end = frame is None and self.fails_at_end and self.calls > 50
        return at_end or (self.fails_after is not None and self.calls > self.fails_after)

    def add_to(self, output: Any, rate: Fraction, order: Order) -> Any:
        return _Track(self._real.add_to(output, rate, order), self)


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> Callable[..., _Card]:
    """Put a graphics card in for NVENC."""

    def install(**behaviour: Any) -> _Card:
        stand_in = _Card(**behaviour)
        monkeypatch.setitem(encoders.PICTURE_CODECS, "nvenc", stand_in)
        return stand_in

    return install


@pytest.mark.parametrize("name", sorted(PICTURE_CODECS.keys() - {SOFTWARE}))
def test_what_is_not_there_is_not_used(order_for: MakeOrder, tmp_path: Path, name: str) -> None:
    """The real trial of each encoder by its real name, on whatever machine this is: it works, or software is used."""
    assert choose_encoder(order_for(tmp_path, encoder=name), _SIZE) in {name, SOFTWARE}


def test_software_is_never_tried(order_for: MakeOrder, tmp_path: Path, card: Callable[..., _Card]) -> None:
    """Who wants no graphics card gets none."""
    stand_in = card()
    assert choose_encoder(order_for(tmp_path, encoder=SOFTWARE), _SIZE) == SOFTWARE
    assert stand_in.calls == 0


def test_a_card_that_works_is_used(
    media: Media, order_for: MakeOrder, card: Callable[..., _Card], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when nobody asked for it by name."""
    monkeypatch.setattr("server.media.hardware._ELSEWHERE", ("nvenc",))
    stand_in = card()
    told, outcome = decisions(order_for(media(_CLIP)))
    assert isinstance(outcome, Finished)
    assert stand_in.calls > _FRAMES
    assert len(told) == 1
    assert see(outcome.video).frames == _FRAMES


@pytest.mark.parametrize(
    "behaviour",
    [{"fails_after": 0}, {"fails_after": 5}, {"paints": 16}],
    ids=["at once", "soon", "all black"],
)
def test_a_card_that_fails_its_trial_is_not_used(
    media: Media, order_for: MakeOrder, card: Callable[..., _Card], behaviour: dict[str, Any]
) -> None:
    """Or whose pictures are not what went in."""
    stand_in = card(**behaviour)
    told, outcome = decisions(order_for(media(_CLIP), encoder="nvenc"))
    assert isinstance(outcome, Finished)
    assert stand_in.calls <= 11
    assert len(told) == 1
    assert see(outcome.video).frames == _FRAMES


@pytest.mark.parametrize(
    "behaviour",
    [{"fails_after": 12}, {"fails_after": 40}, {"fails_at_end": True}],
    ids=["at the first picture", "midway", "at the end"],
)
def test_a_card_that_fails_midway_is_replaced_by_software(
    media: Media, order_for: MakeOrder, card: Callable[..., _Card], behaviour: dict[str, Any]
) -> None:
    """The result is whole, and the admin is told."""
    card(**behaviour)
    told, outcome = decisions(order_for(media(_CLIP), encoder="nvenc"))
    assert isinstance(outcome, Finished)
    assert [decided.reasons[-1] for decided in told][-1] == (
        "The graphics card failed at it, so the processor does it."
    )
    seen = see(outcome.video)
    assert (seen.frames, seen.damaged) == (_FRAMES, 0)
    assert outcome.sidecars.has_storyboard


def test_a_copy_that_fails_goes_through_both_steps(
    media: Media, order_for: MakeOrder, card: Callable[..., _Card]
) -> None:
    """Copy, then the graphics card, then software."""
    card(fails_after=12)
    told, outcome = decisions(order_for(media("ax_sample_with_vobsub.mkv"), encoder="nvenc"))
    assert isinstance(outcome, Finished)
    assert [decided.action for decided in told][-1] == "transcode"
    assert "graphics card" in told[-1].reasons[-1]


#: With these, pictures that lack their keyframe do not decode, and are only missed when they are counted.
_KEYFRAMES: Any = {
    "frames": 50,
    "options": {"x264-params": "keyint=10:min-keyint=10:scenecut=0:bframes=0:log-level=none"},
}


@pytest.mark.parametrize("done", ["bytes of zero", "a lost keyframe"])
def test_a_damaged_film_is_not_the_fault_of_the_card_that_makes_its_smaller_size(
    order_for: MakeOrder, finish: Work, tmp_path: Path, card: Callable[..., _Card], done: str
) -> None:
    """What is found in the source is found again by whoever encodes; the card goes on with the encode."""
    if done == "a lost keyframe":
        whole = record(tmp_path / "whole.mkv", lambda number: flat(320, 180, 60 + number), **_KEYFRAMES)
        film = rewrite(whole, tmp_path / "film.mp4", lambda number, packet: packet if number != 20 else None)
    else:
        film = kept(finish, tmp_path, "slices=4")
        damage(film, done)
    stand_in = card()
    told, outcome = decisions(order_for(film, encoder="nvenc", further_lines=(90,)))
    assert isinstance(outcome, Finished)
    assert [decided.action for decided in told] == ["keep", "transcode"]
    assert not any("graphics card" in reason for decided in told for reason in decided.reasons)
    assert stand_in.calls > 2 * 45
