"""Right sound: levels, and which track is taken."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import av
import pytest

from server.media.probe import probe
from server.values.jobs import Action
from tests.transcoding.media.conftest import MakeOrder, Work
from tests.transcoding.media.sounding import record_with_sound, tones

Media = Callable[[str], Path]

_LEFT, _RIGHT, _CENTRE, _LOW, _SIDE_LEFT, _SIDE_RIGHT = range(6)
#: 3 dB less: half the power in each of two speakers (ITU-R BS.775-4, table 2).
_SHARED = 0.7071


@pytest.mark.parametrize("audio", ["pcm_s16le", "ac3", "aac", "flac"])
@pytest.mark.parametrize(
    ("channel", "left", "right"),
    [
        (_LEFT, 1, 0),
        (_RIGHT, 0, 1),
        (_CENTRE, _SHARED, _SHARED),
        (_LOW, 0, 0),
        (_SIDE_LEFT, _SHARED, 0),
        (_SIDE_RIGHT, 0, _SHARED),
    ],
)
def test_surround_becomes_stereo_at_the_right_level(
    finish: Work, tmp_path: Path, audio: str, channel: int, left: float, right: float
) -> None:
    """As loud as the maker of the film meant it, whatever it was stored as: speech is neither lost nor shouted."""
    loudness = [0.2 if each == channel else 0.0 for each in range(6)]
    made = finish(record_with_sound(tmp_path / "surround.mkv", loudness, audio=audio))
    heard = tones(made.video, [channel])
    assert heard == [
        (pytest.approx(0.2 * left, abs=0.005),),
        (pytest.approx(0.2 * right, abs=0.005),),
    ]


def test_stereo_keeps_its_level_and_its_sides(finish: Work, tmp_path: Path) -> None:
    """Encoded anew, not mixed."""
    made = finish(record_with_sound(tmp_path / "stereo.mkv", [0.4, 0.1], audio="pcm_s16le"))
    (left, right) = tones(made.video, [_LEFT, _RIGHT])
    assert left == pytest.approx((0.4, 0), abs=0.01)
    assert right == pytest.approx((0, 0.1), abs=0.01)


def test_mono_is_as_loud_on_both_sides(finish: Work, tmp_path: Path) -> None:
    """One channel at its own level in each ear, as players do it."""
    made = finish(record_with_sound(tmp_path / "mono.mkv", [0.4], audio="pcm_s16le"))
    assert tones(made.video, [0]) == [(pytest.approx(0.4, abs=0.01),)] * 2


def test_sound_that_changes_its_channels_goes_on(finish: Work, tmp_path: Path) -> None:
    """As a broadcast's does where the film gives way to the news."""
    surround = [0.0, 0.0, 0.2, 0.0, 0.0, 0.0]
    clip = record_with_sound(tmp_path / "tv.mkv", [0.4, 0.1], audio="ac3", seconds=4, then=surround)
    made = finish(clip)
    stereo, film = tones(made.video, [_LEFT, _RIGHT]), tones(made.video, [_CENTRE], from_s=3)
    assert stereo == [pytest.approx((0.4, 0), abs=0.01), pytest.approx((0, 0.1), abs=0.01)]
    assert film == [(pytest.approx(0.2 * _SHARED, abs=0.005),)] * 2
    assert made.duration_ms == pytest.approx(4000, abs=50)


@pytest.mark.parametrize(
    ("suffix", "video", "audio"),
    [("mp4", "mpeg4", "aac"), ("avi", "mpeg4", "pcm_s16le"), ("webm", "libvpx", "libopus")],
)
def test_sound_that_ends_before_the_picture_goes_on_in_silence(
    finish: Work, tmp_path: Path, suffix: str, video: str, audio: str
) -> None:
    """A player stops where one of the two is missing."""
    clip = tmp_path / f"clip.{suffix}"
    made = finish(record_with_sound(clip, [0.4, 0.4], video=video, audio=audio, seconds=12, silent_s=11))
    assert tones(made.video, [_LEFT], from_s=0.25)[0] == (pytest.approx(0.4, abs=0.02),)
    assert tones(made.video, [_LEFT], from_s=5)[0] == (0.0,)
    with av.open(str(made.video)) as container:
        sound = container.streams.audio[0]
        assert sound.duration is not None
        assert float(sound.duration * (sound.time_base or 0)) == pytest.approx(12, abs=0.1)
    segments = made.video.with_suffix(".boxes").read_bytes()
    assert segments.count(b"traf") == 2 * segments.count(b"moof") > 6


@pytest.mark.parametrize("audio", ["aac", "flac"])
def test_sound_that_leaps_ahead_by_a_day_goes_on_at_once(finish: Work, tmp_path: Path, audio: str) -> None:
    """No recording has such a pause: a damaged clock does, and an MP4 cannot even hold it."""
    made = finish(
        record_with_sound(tmp_path / "leap.mkv", [0.4, 0.4], audio=audio, seconds=4, leap_s=30 * 3600)
    )
    assert tones(made.video, [_LEFT], from_s=3)[0] == (pytest.approx(0.4, abs=0.02),)
    assert made.duration_ms == pytest.approx(4000, abs=50)
    with av.open(str(made.video)) as container:
        sound = container.streams.audio[0]
        assert float((sound.duration or 0) * (sound.time_base or 0)) == pytest.approx(4, abs=0.1)


@pytest.mark.parametrize(
    ("language", "track"),
    [("de", 2), ("deu", 2), ("ger", 2), ("de-AT", 2), ("fr", 3), ("en", 1), ("ja", 1), ("", 1)],
)
def test_the_track_in_the_admins_language_is_taken(
    media: Media, order_for: MakeOrder, language: str, track: int
) -> None:
    """Else the default one. Files write three letters, people two."""
    order = order_for(media("gen_multi_audio_subs_chapters_fonts_cover.mkv"), audio_language=language)
    audio = probe(order).audio
    assert audio is not None
    assert audio.index == track


@pytest.mark.parametrize("audio", ["aac", "ac3", "flac", "libopus"])
@pytest.mark.parametrize("video", ["libx264", "libx265", "mpeg4", "libvpx"])
def test_each_track_is_copied_where_it_can_be(finish: Work, tmp_path: Path, video: str, audio: str) -> None:
    """The picture alone, the sound alone, both, or none: a copied track has the very same bytes."""
    source = record_with_sound(tmp_path / "clip.mkv", [0.2, 0.2], video=video, audio=audio)
    made = finish(source)
    copies_picture, copies_sound = video == "libx264", audio == "aac"
    assert made.action is (Action.REMUX if copies_picture else Action.TRANSCODE)
    assert (_bytes_of(made.video, "video") == _bytes_of(source, "video")) is copies_picture
    assert (_bytes_of(made.video, "audio") == _bytes_of(source, "audio")) is copies_sound


def _bytes_of(path: Path, kind: str) -> list[bytes]:
    with av.open(str(path)) as container:
        stream = next(stream for stream in container.streams if stream.type == kind)
        return [bytes(packet) for packet in container.demux(stream) if packet.size]
