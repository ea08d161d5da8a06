"""What an admin has chosen reaches the child that makes the video. The child is a stand-in."""

from __future__ import annotations

from server.media.messages import Crashed
from server.values.jobs import JobState
from tests.transcoding.puppet import keep

_MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isommp42" + b"\x00" * 100


class _Child:
    """Notes what it is asked for; crashes as often as it is told to, then keeps the file."""

    def __init__(self, crashes: int = 0) -> None:
        self.orders = []
        self._crashes = crashes

    def __call__(self, order, _on_message, _should_stop):
        self.orders.append(order)
        if len(self.orders) <= self._crashes:
            return Crashed(cause="signal", code=11, detail="SIGSEGV")
        return keep(order)


def _upload(server):
    answer = server.admin.post("/api/videos", files={"file": ("a.mp4", _MP4)})
    video_id = answer.raise_for_status().json()["id"]
    assert server.heard.job_of(video_id, JobState.DONE) is JobState.DONE


def test_live_settings_count_from_the_next_video_on(start):
    child = _Child()
    server = start(run_child=child)
    _upload(server)
    changes = {"always_transcode": True, "audio_language": "de", "renditions": [720]}
    server.admin.patch("/api/admin/config", json=changes).raise_for_status()
    _upload(server)
    before, after = child.orders
    assert (before.always_transcode, before.audio_language) == (False, "")
    assert (after.always_transcode, after.audio_language) == (True, "de")


def test_after_a_crash_the_graphics_card_is_left_alone(start):
    """A driver may have been what ended the child."""
    child = _Child(crashes=1)
    server = start(run_child=child, hardware_encoder="auto")
    _upload(server)
    assert [order.encoder for order in child.orders] == ["auto", "software"]
