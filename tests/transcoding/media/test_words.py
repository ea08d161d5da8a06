"""Subtitles and chapters: what is taken from the file, and that nothing hostile comes through."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import av
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.media import cue_text, subtitles, webvtt
from server.values.jobs import Action
from server.values.sidecars import Subtitle
from tests.transcoding.media.conftest import Work

Media = Callable[[str], Path]

_MATROSKA = "gen_multi_audio_subs_chapters_fonts_cover.mkv"
_MP4 = "gen_mov_text_two_subs_faststart.mp4"
_READERS = [cue_text.subrip, cue_text.plain, cue_text.ass, cue_text.mov_text, cue_text.wvtt]


def _box(kind: bytes, body: bytes) -> bytes:
    return (len(body) + 8).to_bytes(4, "big") + kind + body


def _timed(text: bytes, *boxes: bytes) -> bytes:
    return len(text).to_bytes(2, "big") + text + b"".join(boxes)


def _shown(runs: list[cue_text.Run]) -> str:
    return webvtt.cue_text(runs, max_length=2000)


@pytest.mark.parametrize(
    ("reader", "payload", "text"),
    [
        (cue_text.subrip, b"Hello <b>from</b> us & them", "Hello <b>from</b> us &amp; them"),
        (cue_text.subrip, b'<font color="red">red</font> <I>it</I>', "red <i>it</i>"),
        (cue_text.subrip, b"{\\an8}above\r\n\r\nbelow", "above\nbelow"),
        (cue_text.subrip, b"a < b > c {smile} 2 --> 3", "a &lt; b &gt; c {smile} 2 --&gt; 3"),
        (cue_text.subrip, b"<b>never closed\nsecond line", "<b>never closed</b>\n<b>second line</b>"),
        (cue_text.subrip, b"closed twice</b></b>", "closed twice"),
        (
            cue_text.subrip,
            b"<script>alert(1)</script>",
            "&lt;script&gt;alert(1)&lt;/script&gt;",
        ),
        (cue_text.subrip, b"<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert(1)&gt;"),
        (cue_text.subrip, b'<b onclick="alert(1)">bold</b>', "<b>bold</b>"),
        (cue_text.subrip, b"&lt;script&gt; &amp; &nbsp;x", "&lt;script&gt; &amp; \u00a0x"),
        (cue_text.subrip, b"<v Fred>Hi <00:00:01.500>there", "Hi there"),
        (cue_text.subrip, b"nul\x00 bell\x07 bad \xff\xfe utf", "nul bell bad \ufffd\ufffd utf"),
        (cue_text.plain, b"<b>as it is</b>", "&lt;b&gt;as it is&lt;/b&gt;"),
        (cue_text.ass, b"0,0,Default,,0,0,0,,One, two\\Nthree\\hfour", "One, two\nthree\u00a0four"),
        (
            cue_text.ass,
            b"0,0,D,,0,0,0,,{\\i1}so{\\i0} {\\b700}bold{\\r} plain",
            "<i>so</i> <b>bold</b> plain",
        ),
        (cue_text.ass, b"0,0,D,,0,0,0,,{\\p1}m 0 0 l 100 100{\\p0}seen", "seen"),
        (cue_text.ass, b"0,0,D,,0,0,0,,{\\pos(320,40)\\c&H00FF00&}Sign", "Sign"),
        (cue_text.ass, b"too,few,fields", ""),
        (
            cue_text.mov_text,
            _timed(
                "Grüße an alle".encode(),
                _box(b"styl", b"\x00\x01\x00\x06\x00\x08\x00\x01\x03\x10\xff\xff\xff\xff"),
            ),
            "Grüße <b><i>an</i></b> alle",
        ),
        (cue_text.mov_text, _timed("\ufeffwide".encode("utf-16-be")), "wide"),
        (cue_text.mov_text, b"\x00\x00", ""),
        (cue_text.mov_text, b"\xff\xffshort", "short"),
        (
            cue_text.wvtt,
            _box(b"vttc", _box(b"sttg", b"line:0") + _box(b"payl", b"<i>one</i>"))
            + _box(b"vttc", _box(b"payl", b"two")),
            "<i>one</i>\ntwo",
        ),
        (cue_text.wvtt, _box(b"vtte", b""), ""),
    ],
)
def test_markup_becomes_what_a_browser_shows(reader: cue_text.Reader, payload: bytes, text: str) -> None:
    """Bold, italic and underline stay; whatever else could mean something is taken off or escaped."""
    assert _shown(reader(payload)) == text


_PIECES = st.sampled_from(
    [b"<b>", b"</i>", b"<", b">", b"&", b"-->", b"\n\n", b"\r", b"{\\b1}", b"{\\p1}", b"NOTE", b"\xe2\x80\xa8", b","]
)  # fmt: skip


@settings(
    max_examples=300, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
@given(st.lists(_PIECES | st.binary(max_size=20), max_size=30).map(b"".join), st.sampled_from(_READERS))
def test_no_bytes_break_out_of_their_cue(payload: bytes, reader: cue_text.Reader) -> None:
    """One cue stays one cue, and its only tags are ours, opened and closed in order."""
    text = _shown(reader(payload))
    assert "-->" not in text and "\n\n" not in text
    assert all(line.strip() for line in text.split("\n")) or text == ""
    bare = re.sub(r"</?[biu]>", "", text)
    assert "<" not in bare and ">" not in bare
    open_tags: list[str] = []
    for closing, tag in re.findall(r"<(/?)([biu])>", text):
        assert not closing or open_tags.pop() == tag
        if not closing:
            open_tags.append(tag)
    assert open_tags == []
    document = webvtt.document([webvtt.Cue(0, 1, text or "x")])
    assert document.count("-->") == 1 and document.count("\n\n") == 1


def test_the_tracks_of_a_matroska_file(media: Media, finish: Work) -> None:
    """SubRip and ASS, with languages as browsers call them and the titles that somebody gave."""
    made = finish(media(_MATROSKA))
    assert made.sidecars.subtitles == (
        Subtitle(n=1, language="en", label="en"),
        Subtitle(n=2, language="ja", label="ja"),
        Subtitle(n=3, language="en", label="Signs"),
    )
    assert _read(made.beside, "subtitles-1.vtt") == (
        "WEBVTT\n\n00:00:00.500 --> 00:00:03.000\nHello <b>from</b> English &amp; friends\n\n"
        "00:00:04.000 --> 00:00:07.500\n&lt;script&gt;alert('sub')&lt;/script&gt; second line\n"
    )
    assert _read(made.beside, "subtitles-2.vtt").endswith("عربي \u200eRTL\n")
    assert "{" not in _read(made.beside, "subtitles-3.vtt")


def test_the_chapters_of_a_file(media: Media, finish: Work) -> None:
    """Each lasts until the next one; their titles are text, not markup."""
    made = finish(media(_MATROSKA))
    assert made.sidecars.has_chapters
    assert _read(made.beside, "chapters.vtt") == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:02.500\nIntro &lt;i&gt;html&lt;/i&gt;\n\n"
        "00:00:02.500 --> 00:00:06.000\nMiddle – ünïcode\n\n00:00:06.000 --> 00:00:09.021\nCredits\n"
    )


@pytest.mark.parametrize("name", [_MATROSKA, _MP4])
def test_chapters_are_in_the_mp4_too(media: Media, finish: Work, name: str) -> None:
    """For players that are given the file; it is still kept as it is when it is uploaded again."""
    made = finish(media(name))
    assert _chapters(made.video) == _chapters(media(name))
    again = finish(made.video)
    assert again.action is Action.KEEP
    assert again.sidecars.has_chapters


def _chapters(path: Path) -> list[tuple[int, str]]:
    with av.open(str(path)) as container:
        return [
            (round(each["start"] * each["time_base"] * 1000), each["metadata"]["title"])
            for each in container.chapters()
        ]


def test_the_tracks_of_an_mp4(media: Media, finish: Work) -> None:
    """Timed text, with its styles; its empty samples are pauses and no cues."""
    made = finish(media(_MP4))
    assert [(track.language, track.label) for track in made.sidecars.subtitles] == [
        ("en", "en"),
        ("ja", "ja"),
    ]
    first = _read(made.beside, "subtitles-1.vtt")
    assert "Hello <b>from</b> English &amp; friends" in first
    assert first.count("-->") == 2
    assert _read(made.beside, "chapters.vtt").count("-->") == 3


def test_webvtt_in_matroska_is_found_though_ffmpeg_has_no_name_for_it(media: Media, finish: Work) -> None:
    """By what the header calls its codec."""
    made = finish(media("ax_sample_with_vtt_subtitles.mkv"))
    assert _read(made.beside, "subtitles-1.vtt").endswith("01.234\nThis is the first subtitle.\n")


@pytest.mark.parametrize("name", ["ax_sample_with_vobsub.mkv", "mp4p_metadata.mp4"])
def test_pictures_of_words_are_left_out(media: Media, finish: Work, name: str) -> None:
    """Bitmap subtitles and files without a word have no text tracks."""
    made = finish(media(name))
    assert made.sidecars.subtitles == ()
    assert not made.sidecars.has_chapters


def test_there_are_limits(media: Media, finish: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    """On tracks, on cues, on the length of a cue."""
    monkeypatch.setattr(subtitles, "MAX_TRACKS", 1)
    monkeypatch.setattr(subtitles, "MAX_CUES", 1)
    monkeypatch.setattr(subtitles, "_MAX_CUE_LENGTH", 5)
    made = finish(media(_MATROSKA))
    assert [track.n for track in made.sidecars.subtitles] == [1]
    assert _read(made.beside, "subtitles-1.vtt") == "WEBVTT\n\n00:00:00.500 --> 00:00:03.000\nHello\n"


def test_words_that_cannot_be_read_do_not_cost_the_video(
    media: Media, finish: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault in reading them is noted; the video is made."""

    def broken(_payload: bytes) -> list[cue_text.Run]:
        raise ValueError("a bug")

    monkeypatch.setitem(subtitles._READERS, "subrip", broken)
    made = finish(media(_MATROSKA))
    assert made.sidecars.subtitles == ()
    assert made.duration_ms > 0


def _read(folder: Path | None, name: str) -> str:
    assert folder is not None
    return (folder / name).read_text("utf-8")
