"""Several sizes of a video, where the admin wants them: one decode, one playlist of all, each as an MP4 of its own."""

from __future__ import annotations

import io
import re

import av
import pytest

from server.values.jobs import JobState
from tests.watching.clips import clip


@pytest.fixture
def ladder(start):
    return start(renditions="360,180")


def _sizes(person, video, **params):
    stream = person.get(f"/api/videos/{video['id']}/stream", params=params)
    assert stream.status_code == 200, stream.text
    with av.open(io.BytesIO(stream.content), options={"err_detect": "explode"}) as container:
        frames = list(container.decode(video=0))
        sound = len(container.streams.audio)
    return (frames[0].width, frames[0].height), [round(frame.time, 3) for frame in frames], sound


def _segments(person, video, height):
    playlist = person.get(f"/api/videos/{video['id']}/hls/{height}/playlist.m3u8").raise_for_status().text
    return re.findall(r"#EXTINF:([\d.]+)", playlist)


@pytest.mark.parametrize(
    ("action", "choices"),
    [("transcode", {}), ("remux", {"video": "libx264", "sound": "aac"})],
)
def test_a_video_in_two_sizes(ladder, tmp_path, action, choices):
    person = ladder.admin
    video = person.upload(clip(tmp_path / "clip.mkv", seconds=5, size=(640, 360), **choices))
    assert ladder.heard.job_of(video["id"]) is JobState.DONE
    assert person.get("/api/admin/jobs").json()["items"][0]["action"] == action
    video = person.video(video["id"])
    assert (video["height"], video["renditions"]) == (360, [360, 180])
    times = [round(number / 25, 3) for number in range(125)]
    assert _sizes(person, video) == _sizes(person, video, quality=360) == ((640, 360), times, 1)
    assert _sizes(person, video, quality=180) == ((320, 180), times, 1)
    assert person.get(f"/api/videos/{video['id']}/stream", params={"quality": 720}).status_code == 404

    master = person.get(f"/api/videos/{video['id']}/hls/master.m3u8").text
    assert re.findall(r"RESOLUTION=(\w+)", master) == ["640x360", "320x180"]
    if action == "transcode":
        assert _segments(person, video, 360) == _segments(person, video, 180), (
            "a player changes at any of them"
        )
    for height, width in ((360, 640), (180, 320)):
        token = person.cookies["clipset_session"]
        address = f"{person.base_url}/api/videos/{video['id']}/hls/{height}/playlist.m3u8"
        options = {"headers": f"Authorization: Bearer {token}\r\n"}
        with av.open(address, options=options) as container:
            sizes = [frame.width for frame in container.decode(video=0)]
        assert sizes == [width] * 125


def test_a_small_video_has_one_size(ladder, tmp_path):
    video = ladder.admin.upload(clip(tmp_path / "small.mkv", seconds=1, size=(160, 120)))
    assert ladder.heard.job_of(video["id"]) is JobState.DONE
    assert ladder.admin.video(video["id"])["renditions"] == [120]


def test_a_kept_file_gets_a_smaller_size_beside_it(ladder, tmp_path):
    person = ladder.admin
    first = person.upload(clip(tmp_path / "clip.mkv", seconds=3, size=(640, 360), sound="aac"))
    assert ladder.heard.job_of(first["id"]) is JobState.DONE
    web_mp4 = tmp_path / "web.mp4"
    web_mp4.write_bytes(person.get(f"/api/videos/{first['id']}/stream").content)
    video = person.upload(web_mp4)
    assert ladder.heard.job_of(video["id"]) is JobState.DONE
    assert person.get(f"/api/videos/{video['id']}/stream").content == web_mp4.read_bytes()
    assert person.video(video["id"])["renditions"] == [360, 180]
    assert _sizes(person, video, quality=180)[0] == (320, 180)
    person.delete(f"/api/videos/{video['id']}").raise_for_status()
    assert not [name for name in ladder.files("videos/library") if video["id"] in name]
