"""What is done with a file, and why: the pure decision, without any file."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec
import pytest

from server.media.decision import decide
from server.media.facts import AudioFacts, CopyFacts, FileFacts, VideoFacts
from server.media.geometry import Size, target_size
from server.media.order import Order
from server.media.timeline import Timeline
from server.values.jobs import Action

ORDER = Order(source=Path("/s"), work=Path("/w"), accepted_formats=("mp4",))
COPY = CopyFacts(packets=250, keyframe_gap_ms=2000, bytes=1_000_000, fault=None, damaged=False)
VIDEO = VideoFacts(
    index=0,
    codec="h264",
    profile="High",
    level=40,
    width=1920,
    height=1080,
    pixel_format="yuv420p",
    pixel_aspect=Fraction(1),
    quarter_turns=0,
    mirrored=False,
    frame_rate=Fraction(25),
    interlaced=False,
    transfer="sdr",
    full_range=False,
    start_ms=0,
    duration_ms=10_000,
    decode_timed=False,
    timed=True,
    copy=COPY,
)
AUDIO = AudioFacts(
    index=1, codec="aac", profile="LC", channels=2, sample_rate=48_000, start_ms=0, duration_ms=10_000
)
FILE = FileFacts(
    container="mp4",
    size_bytes=1_200_000,
    duration_ms=10_000,
    video=VIDEO,
    audio=AUDIO,
    extra_tracks=0,
    whole=True,
    faststart=True,
    fragmented=False,
    private_metadata=False,
    edited=False,
)


def file(
    *, video: dict[str, Any] | None = None, audio: dict[str, Any] | None = None, **changes: Any
) -> FileFacts:
    """A web MP4, but for these facts."""
    return msgspec.structs.replace(
        FILE,
        video=msgspec.structs.replace(VIDEO, **(video or {})),
        audio=msgspec.structs.replace(AUDIO, **(audio or {})),
        **changes,
    )


def copy(**changes: Any) -> dict[str, Any]:
    """A track that was read through, but for these facts."""
    return {"copy": msgspec.structs.replace(COPY, **changes)}


def test_a_web_mp4_is_kept() -> None:
    """Nothing is done to what is already right."""
    plan = decide(FILE, ORDER)
    assert (plan.action, plan.reasons) == (Action.KEEP, ("It already plays everywhere.",))


@pytest.mark.parametrize(
    ("facts", "sound"),
    [
        (file(faststart=False), "copy"),
        (file(fragmented=True), "copy"),
        (file(container="mkv"), "copy"),
        (file(container="mov"), "copy"),
        (file(private_metadata=True), "copy"),
        (file(extra_tracks=1), "copy"),
        (file(whole=False), "copy"),
        (file(audio={"codec": "mp3"}), "encode"),
        (file(audio={"profile": "HE-AAC"}), "encode"),
        (file(audio={"channels": 6}), "encode"),
        (file(audio={"fault": "its sound is damaged"}), "encode"),
        (msgspec.structs.replace(file(faststart=False), audio=None), "none"),
    ],
)
def test_a_good_picture_is_copied(facts: FileFacts, sound: str) -> None:
    """Only what is wrong is changed, and the reason is told."""
    plan = decide(facts, ORDER)
    assert (plan.action, plan.video, plan.audio) == (Action.REMUX, None, sound)
    assert len(plan.reasons) == 1


@pytest.mark.parametrize(
    "video",
    [
        {"codec": "hevc"},
        {"profile": "High 10"},
        {"profile": "High 4:4:4 Predictive", "pixel_format": "yuv444p"},
        {"level": 60},
        {"full_range": True, "pixel_format": "yuvj420p"},
        {"interlaced": True},
        {"transfer": "hlg"},
        {"quarter_turns": 1},
        {"mirrored": True},
        {"pixel_aspect": Fraction(4, 3)},
        {"width": 2560, "height": 1440},
        {"width": 1080, "height": 1920},
        {"width": 853},
        {"frame_rate": Fraction(120)},
        copy(fault="pictures are damaged"),
        copy(keyframe_gap_ms=20_000),
        copy(bytes=60_000_000),
    ],
)
def test_any_other_picture_is_encoded(video: dict[str, Any]) -> None:
    """With the sound copied, because that is right as it is."""
    plan = decide(file(video=video), ORDER)
    assert (plan.action, plan.audio) == (Action.TRANSCODE, "copy")
    assert plan.video is not None
    assert plan.size.height <= 1080
    assert plan.video.frame_rate <= 60
    assert all(reason.endswith(".") for reason in plan.reasons)


def test_damage_in_the_picture_makes_the_sound_suspect() -> None:
    """Both lie in the same file, so neither is copied."""
    assert decide(file(video=copy(fault="pictures are damaged", damaged=True)), ORDER).audio == "encode"


def test_the_admin_may_want_everything_encoded() -> None:
    """The switch stands above all other reasons."""
    assert decide(FILE, msgspec.structs.replace(ORDER, always_transcode=True)).action == Action.TRANSCODE


@pytest.mark.parametrize(
    ("rate", "made"),
    [
        (Fraction(60), 60),
        (Fraction(60000, 1001), Fraction(60000, 1001)),
        (Fraction(90), 45),
        (Fraction(240), 60),
    ],
)
def test_high_frame_rates_are_divided_evenly(rate: Fraction, made: Fraction) -> None:
    """Leaving out every second picture moves evenly; 90 to 60 would not."""
    plan = decide(file(video={"frame_rate": rate, "codec": "hevc"}), ORDER)
    assert plan.video is not None
    assert (plan.video.frame_rate, plan.video.thin_out) == (made, made != rate)


@pytest.mark.parametrize(
    ("width", "height", "aspect", "turns", "size"),
    [
        (1920, 1080, Fraction(1), 0, Size(1920, 1080)),
        (3840, 2160, Fraction(1), 0, Size(1920, 1080)),
        (1920, 1080, Fraction(1), 1, Size(608, 1080)),
        (1280, 720, Fraction(1), 3, Size(608, 1080)),
        (1440, 1080, Fraction(4, 3), 0, Size(1920, 1080)),
        (720, 576, Fraction(64, 45), 0, Size(1024, 576)),
        (161, 121, Fraction(1), 0, Size(160, 120)),
        (1, 1, Fraction(1), 0, Size(2, 2)),
        (8192, 64, Fraction(1), 0, Size(4096, 32)),
    ],
)
def test_sizes(width: int, height: int, aspect: Fraction, turns: int, size: Size) -> None:
    """Upright, square, even, at most 1080 lines, never enlarged."""
    assert target_size(width, height, aspect, turns, 1080) == size


def test_times_begin_at_nothing_and_rise() -> None:
    """Missing, repeated and backward times become later ones; the first picture is shown from the start."""
    times = Timeline(Fraction(10), Fraction(1, 1000), Fraction(1, 25))
    millisecond = Fraction(1, 1000)
    given = [10_500, 10_540, 10_540, 10_530, None, 10_700]
    assert [times.place(ticks, millisecond) for ticks in given] == [0, 540, 541, 542, 582, 700]
