"""Every file of the media folder through upload and queue: what should play does, the rest is refused in words.

Needs the media folder; what should play is what its MANIFEST.tsv says.
"""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path

import av
import httpx
import pytest

from server.values.jobs import JobState

_FOLDER = Path(os.environ.get("CLIPSET_TEST_MEDIA") or Path(__file__).parents[3] / "shared" / "media")
_MANIFEST = _FOLDER / "MANIFEST.tsv"
#: Six minutes each: of 4K AV1 at 60 frames a second, a quarter of an hour on two processors; of 1080p, a minute.
_SLOW = {"ax_long_4k_av1.mp4", "ax_long_1080p_lowbitrate.mp4"}


def _rows():
    if not _MANIFEST.exists():
        return [
            pytest.param(
                {}, marks=pytest.mark.skip(f"needs the media folder {_FOLDER}"), id="no media folder"
            )
        ]
    with _MANIFEST.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [
        pytest.param(
            row,
            id=row["file"].encode("ascii", "replace").decode(),
            marks=[pytest.mark.slow, pytest.mark.timeout(7200)] if row["file"] in _SLOW else [],
        )
        for row in rows
    ]


@pytest.mark.parametrize("row", _rows())
def test_a_file_plays_or_is_refused_in_words(common_server, row):
    person = common_server.admin
    with (_FOLDER / row["file"]).open("rb") as file:
        answer = person.post("/api/videos", files={"file": (row["file"], file)})
    plays = row["expectation"].startswith("playable")
    if answer.status_code != 201:
        assert not plays, answer.text
        assert answer.status_code in {415, 422}
        _is_a_sentence(answer.json()["detail"])
        return
    video_id = answer.json()["id"]
    state = common_server.heard.job_of(video_id, timeout_s=7000 if row["file"] in _SLOW else 120)
    video = person.video(video_id)
    if not plays:
        assert (state, video["status"]) == (JobState.FAILED, "failed")
        _is_a_sentence(video["error"])
        return
    assert (state, video["status"], video["error"]) == (JobState.DONE, "completed", None)
    assert video["has_thumbnail"]
    _plays_everywhere(person.get(f"/api/videos/{video_id}/stream"), video)


def _is_a_sentence(text: str) -> None:
    assert text[0].isupper() and text.endswith(".") and "Error" not in text and len(text) < 200


def _plays_everywhere(stream: httpx.Response, video: dict) -> None:
    """H.264 8-bit 4:2:0 of at most 1080 lines, index in front, and every packet of it decodes."""
    assert stream.status_code == 200
    content = stream.content
    assert content.index(b"moov") < content.index(b"mdat")
    with av.open(io.BytesIO(content), options={"err_detect": "explode"}) as container:
        picture = container.streams.video[0]
        assert picture.codec_context.name == "h264"
        assert picture.codec_context.pix_fmt in {"yuv420p", "yuvj420p"}
        assert picture.codec_context.profile in {"High", "Main", "Baseline", "Constrained Baseline"}
        assert (picture.width, picture.height) == (video["width"], video["height"])
        assert picture.height <= 1080
        assert [stream.codec_context.name for stream in container.streams.audio] in ([], ["aac"])
        assert not container.metadata.keys() & {"location", "com.apple.quicktime.location.ISO6709", "title"}
        frames = sum(len(packet.decode()) for packet in container.demux(picture))
        assert frames > 0
