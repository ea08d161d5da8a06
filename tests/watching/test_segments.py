"""HLS: what is being made can be watched already, and is the same bytes once it is finished."""

from __future__ import annotations

import re
import sys
import threading

import av
import pytest

from server.events import JobProgressed
from server.media.child import run_child
from server.values.jobs import JobState
from tests.watching.clips import clip
from tests.watching.held import Held

_LINK = re.compile(r"^(?!#)\S+", re.MULTILINE)


def _counted(source, **options):
    """Pictures and samples of sound that decode, and the times of the pictures."""
    times, sounds = [], 0
    with av.open(source, **options) as container:
        for packet in container.demux():
            for frame in packet.decode():
                if isinstance(frame, av.VideoFrame):
                    times.append(round(frame.time, 3))
                else:
                    sounds += frame.samples
    return times, sounds


def _over_http(person, address):
    token = person.cookies["clipset_session"]
    options = {"headers": f"Authorization: Bearer {token}\r\n", "allowed_extensions": "ALL"}
    return _counted(f"{person.base_url}{address}", options=options)


def _hls(video, name="master.m3u8"):
    return f"/api/videos/{video['id']}/hls/{name}"


def _playlist(person, video):
    return person.get(_hls(video, "180/playlist.m3u8")).raise_for_status().text


def _fetch_all(person, video, playlist):
    """The initialisation segment and every segment of a playlist, by address."""
    links = [re.search(r'URI="([^"]+)"', playlist)[1], *_LINK.findall(playlist)]
    return {link: person.get(_hls(video, f"180/{link}")).raise_for_status().content for link in links}


@pytest.mark.parametrize(
    ("action", "name", "choices"),
    [
        ("transcode", "a.mkv", {}),
        ("remux", "b.mkv", {"video": "libx264", "sound": "aac"}),
        ("transcode", "silent.mkv", {"sound": None}),
    ],
)
def test_a_finished_video_is_the_same_by_hls_and_as_mp4(common_server, tmp_path, action, name, choices):
    person = common_server.admin
    video = person.upload(clip(tmp_path / name, seconds=7, **choices))
    assert common_server.heard.job_of(video["id"]) is JobState.DONE
    video = person.video(video["id"])
    assert (video["watchable"], video["watchable_ms"]) == (True, round(video["duration"] * 1000))
    assert video["renditions"] == [180]
    file = tmp_path / "stream.mp4"
    file.write_bytes(person.get(f"/api/videos/{video['id']}/stream").content)

    times, samples = _over_http(person, _hls(video))
    whole_times, whole_samples = _counted(str(file))
    assert times == whole_times == [round(number / 25, 3) for number in range(175)]
    assert abs(samples - whole_samples) <= 1024
    assert "#EXT-X-ENDLIST" in _playlist(person, video)
    jobs = person.get("/api/admin/jobs").json()["items"]
    assert next(job["action"] for job in jobs if job["video_id"] == video["id"]) == action


def test_a_kept_file_is_cut_where_it_lies(common_server, tmp_path):
    person = common_server.admin
    first = person.upload(clip(tmp_path / "c.mkv", seconds=7, sound="aac"))
    assert common_server.heard.job_of(first["id"]) is JobState.DONE
    web_mp4 = tmp_path / "web.mp4"
    web_mp4.write_bytes(person.get(f"/api/videos/{first['id']}/stream").content)

    video = person.upload(web_mp4)
    assert common_server.heard.job_of(video["id"]) is JobState.DONE
    jobs = person.get("/api/admin/jobs").json()["items"]
    assert next(job["action"] for job in jobs if job["video_id"] == video["id"]) == "keep"
    assert person.get(f"/api/videos/{video['id']}/stream").content == web_mp4.read_bytes()
    times, samples = _over_http(person, _hls(video))
    assert times == [round(number / 25, 3) for number in range(175)]
    assert samples == pytest.approx(7 * 48_000, abs=2048)


@pytest.fixture
def held(start):
    if sys.platform == "win32":
        pytest.skip("needs a way to freeze a process")
    held = Held(from_ms=2000)
    return held, start(run_child=held)


def test_what_is_being_made_can_be_watched(held, tmp_path):
    held, server = held
    owner, other = server.member("owner"), server.member("other")
    video = owner.upload(clip(tmp_path / "long.mkv", seconds=90, size=(640, 180)))
    assert held.frozen.wait(60)
    growing = owner.video(video["id"])
    assert (growing["status"], growing["watchable"], growing["renditions"]) == ("processing", True, [])
    assert 2000 <= growing["watchable_ms"] < 90_000
    progress = owner.get(f"/api/videos/{video['id']}/progress").json()
    assert (progress["state"], progress["watchable_ms"]) == ("running", growing["watchable_ms"])
    assert other.get(_hls(video)).status_code == 404, "what is not finished is its uploader's alone"

    assert "180/playlist.m3u8" in owner.get(_hls(video)).text
    early = _playlist(owner, video)
    assert "#EXT-X-PLAYLIST-TYPE:EVENT" in early
    assert "#EXT-X-ENDLIST" not in early
    lasting = sum(map(float, re.findall(r"#EXTINF:([\d.]+)", early)))
    assert lasting == pytest.approx(growing["watchable_ms"] / 1000, abs=0.01)
    fetched = _fetch_all(owner, video, early)
    assert owner.get(_hls(video, f"180/{len(fetched) - 1}.m4s")).status_code == 404

    held.go_on()
    assert server.heard.job_of(video["id"]) is JobState.DONE
    late = _playlist(owner, video)
    assert late.endswith("#EXT-X-ENDLIST\n")
    head = early.index("#EXTINF")
    assert late[late.index("#EXTINF") :].startswith(early[head:])
    again = _fetch_all(owner, video, late)
    assert {link: again[link] for link in fetched} == fetched, "a player notices nothing"
    left = [name for name in server.files(f"videos/library/{video['id']}") if not name.startswith("beside/")]
    assert left == ["video.boxes", "video.index", "video.mp4"], "the rendition is stored once"
    assert max(event.watchable_ms for event in server.heard.of(JobProgressed)) == 90_000


def test_a_video_deleted_while_it_grows_leaves_nothing(held, tmp_path):
    held, server = held
    video = server.admin.upload(clip(tmp_path / "long.mkv", seconds=90))
    assert held.frozen.wait(60)
    playlist = _playlist(server.admin, video)
    assert server.admin.delete(f"/api/videos/{video['id']}").status_code == 204
    held.go_on()
    for name in ("master.m3u8", "180/playlist.m3u8", "180/init.mp4", f"180/{_LINK.findall(playlist)[0]}"):
        assert server.admin.get(_hls(video, name)).status_code == 404
    server.clipset.stop()
    assert server.files("videos/library") == []


def test_nothing_to_watch_yet(start, tmp_path):
    going = threading.Event()

    def waiting(order, on_message, should_stop):
        assert going.wait(60)
        return run_child(order, on_message, should_stop)

    server = start(run_child=waiting)
    video = server.admin.upload(clip(tmp_path / "short.mkv", seconds=1))
    assert (video["watchable"], video["watchable_ms"]) == (False, 0)
    answer = server.admin.get(_hls(video))
    assert (answer.status_code, answer.json()["code"]) == (409, "video_not_ready")
    index = server.data_dir / "videos" / "library" / video["id"] / "work" / "video.index"
    index.mkdir(parents=True)
    [listed] = server.admin.get("/api/videos").raise_for_status().json()["items"]
    assert listed["watchable_ms"] == 0, "one file that cannot be read is no reason to show nobody anything"
    index.rmdir()
    going.set()
    assert server.heard.job_of(video["id"]) is JobState.DONE


@pytest.mark.parametrize(
    ("damaged", "addresses"),
    [
        ("videos/library/{id}/video.mp4", ["stream", "download", "hls/180/0.m4s"]),
        ("videos/library/{id}/video.boxes", ["hls/180/init.mp4", "hls/180/0.m4s"]),
        ("videos/library/{id}/video.index", ["hls/master.m3u8", "hls/180/playlist.m3u8", "hls/180/0.m4s"]),
        ("videos/library/{id}/beside/storyboard.vtt", ["storyboard.vtt", "storyboard.vtt?link={token}"]),
        ("thumbnails/{id}.jpg", ["thumbnail"]),
    ],
)
def test_a_file_that_cannot_be_read_is_said_in_words(server, tmp_path, damaged, addresses):
    """As on a network disk that has gone, or with other rights; a folder cannot be read by anybody anywhere."""
    person = server.admin
    video = person.upload(clip(tmp_path / "a.mkv", seconds=3))
    assert server.heard.job_of(video["id"]) is JobState.DONE
    link = person.post(f"/api/videos/{video['id']}/links", json={}).raise_for_status().json()["token"]
    file = server.data_dir / damaged.format(id=video["id"])
    file.unlink()
    file.mkdir()
    for address in addresses:
        answer = person.get(f"/api/videos/{video['id']}/{address.format(token=link)}")
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable"), address
    assert person.get("/api/videos").json()["total"] == 1


def test_playlists_and_segments_are_asked_for_again_cheaply(common_server, tmp_path):
    person = common_server.admin
    video = person.upload(clip(tmp_path / "d.mkv", seconds=3))
    assert common_server.heard.job_of(video["id"]) is JobState.DONE
    for name in ("master.m3u8", "180/playlist.m3u8", "180/init.mp4", "180/0.m4s"):
        first = person.get(_hls(video, name))
        assert first.status_code == 200
        assert first.headers["cache-control"].startswith("private")
        again = person.get(_hls(video, name), headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
    whole = person.get(_hls(video, "180/0.m4s")).content
    for first, last in ((0, 9), (3, 2000), (len(whole) - 5, len(whole) - 1)):
        part = person.get(_hls(video, "180/0.m4s"), headers={"Range": f"bytes={first}-{last}"})
        assert (part.status_code, part.content) == (206, whole[first : last + 1])
    beyond = person.get(_hls(video, "180/0.m4s"), headers={"Range": f"bytes={len(whole)}-"})
    assert beyond.status_code == 416
    assert person.get(_hls(video, "1080/playlist.m3u8")).status_code == 404


def test_a_links_token_is_on_every_address(common_server, tmp_path):
    person = common_server.admin
    video = person.upload(clip(tmp_path / "e.mkv", seconds=1))
    assert common_server.heard.job_of(video["id"]) is JobState.DONE
    token = person.post(f"/api/videos/{video['id']}/links", json={}).json()["token"]
    stranger, link = common_server.stranger(), {"link": token}
    master = stranger.get(_hls(video), params=link).text
    assert _LINK.findall(master) == [f"180/playlist.m3u8?link={token}"]
    playlist = stranger.get(_hls(video, "180/playlist.m3u8"), params=link).text
    assert all(f"link={token}" in address for address in _LINK.findall(playlist))
    assert re.search(rf'URI="init.mp4\?v=\w+&link={token}"', playlist)
