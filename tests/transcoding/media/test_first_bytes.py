"""What a file is, from its first bytes alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from server.media.sniff import HEAD_BYTES, sniff
from tests.transcoding.media.conftest import FORMATS

Media = Callable[[str], Path]


@pytest.mark.parametrize(
    ("name", "kind", "refusal"),
    [
        ("vide_ocean.mp4", "mp4", None),
        ("mono_demo.mov", "mov", None),
        ("gen_mp4_named.webm", "mp4", None),
        ("gen_mkv_named.mp4", "mkv", None),
        ("small_webm.webm", "webm", None),
        ("mvp_no_duration.webm", "webm", None),
        ("ax_sample.avi", "avi", None),
        ("ax_bbb_176x144_128kbps_15fps_h263.3gp", "3gp", "format_not_accepted"),
        ("vide_ocean.ogv", "ogg", "format_not_accepted"),
        ("gen_asf_wmv2.wmv", "asf", "format_not_accepted"),
        ("ax_sample.flv", "flv", "format_not_accepted"),
        ("ax_sample_fragmented_sideloaded_track.mp4", "segment", "incomplete"),
        ("gen_zero_length.mp4", "empty", "incomplete"),
        ("gen_mp3_named.avi", "mp3", "only_sound"),
        ("gen_jpeg_named.mp4", "jpeg", "only_a_picture"),
        ("gen_html_named.mp4", "html", "not_a_video"),
        ("gen_hls_playlist_named.mp4", "m3u8", "not_a_video"),
        ("gen_ffconcat_named.mp4", "ffconcat", "not_a_video"),
        ("gen_random_64k.mkv", "unknown", "not_a_video"),
    ],
)
def test_kinds(media: Media, name: str, kind: str, refusal: str | None) -> None:
    """The name says nothing, the content everything."""
    found = sniff(media(name).read_bytes()[:HEAD_BYTES], FORMATS)
    assert (found.kind, found.refusal) == (kind, refusal)
    assert (found.sentence is None) == (refusal is None)


def test_a_format_may_be_switched_off(media: Media) -> None:
    """What the admin does not accept is refused by the same look."""
    head = media("vide_ocean.webm").read_bytes()[:HEAD_BYTES]
    assert sniff(head, FORMATS).refusal is None
    assert sniff(head, ("mp4",)).refusal == "format_not_accepted"


@pytest.mark.parametrize("length", [0, 1, 4, 8, 11, 12, 40])
def test_any_number_of_bytes_is_judged(media: Media, length: int) -> None:
    """Whatever has arrived, it answers."""
    for name in ("vide_ocean.mp4", "vide_ocean.webm", "ax_sample.avi", "gen_random_64k.mkv"):
        sniff(media(name).read_bytes()[:length], FORMATS)
