"""The settings that members feel: the table's first values, then what an admin has changed, in the API and for good."""

from __future__ import annotations

import pytest

from server.settings import CONFIG_SETTINGS, format_value

pytestmark = pytest.mark.database

_FIRST = {
    "server_name": "Attic",
    "max_file_size_bytes": 1000,
    "weekly_upload_limit_bytes": 0,
    "accepted_video_formats": ["mov", "mp4"],
    "quota_reset_day": 6,
    "quota_reset_hour": 23,
    "quota_reset_timezone": "Europe/Berlin",
    "renditions": [720, 480],
    "always_transcode": True,
    "audio_language": "de",
}
_CHANGED = {
    "server_name": "Cellar",
    "max_file_size_bytes": 2**40,
    "weekly_upload_limit_bytes": 5,
    "accepted_video_formats": ["webm"],
    "quota_reset_day": 1,
    "quota_reset_hour": 0,
    "quota_reset_timezone": "Asia/Tokyo",
    "renditions": [1080],
    "always_transcode": False,
    "audio_language": None,
}


def _shown(server):
    config = server.admin.get("/api/admin/config").raise_for_status().json()
    return {key: config[key] for key in _FIRST}


def test_the_first_start_takes_every_value_and_the_database_keeps_what_is_changed(start):
    assert list(_FIRST) == list(_CHANGED) == [row.key for row in CONFIG_SETTINGS]
    texts = {
        key: format_value(tuple(value) if isinstance(value, list) else value) for key, value in _FIRST.items()
    }
    server = start(**texts)
    assert _shown(server) == _FIRST
    server.clipset.stop()
    server = start(server_name="Another")
    assert _shown(server) == _FIRST, "the environment gives the first values alone"
    for key, value in _CHANGED.items():
        before = _shown(server)
        server.admin.patch("/api/admin/config", json={key: value}).raise_for_status()
        assert _shown(server) == {**before, key: value}
    server.clipset.stop()
    assert _shown(start(**texts)) == _CHANGED


def test_what_is_declared_is_described(common_server):
    schemas = common_server.stranger().get("/api/openapi.json").json()["components"]["schemas"]
    for row in CONFIG_SETTINGS:
        for shape in ("ConfigBody", "ConfigChanges"):
            assert row.help in str(schemas[shape]["properties"][row.key])


def test_settings_change_live_and_bad_ones_change_nothing(server):
    before = server.admin.get("/api/admin/config").json()
    assert (before["server_name"], before["updated_by"]) == ("Clipset", None)
    after = server.admin.patch(
        "/api/admin/config", json={"server_name": "Home", "renditions": [720, 360]}
    ).json()
    assert (after["server_name"], after["renditions"]) == ("Home", [720, 360])
    assert after["updated_by"] == server.admin.get("/api/auth/me").json()["id"]
    assert server.stranger().get("/api/server").json()["name"] == "Home"
    for key, value in [
        ("quota_reset_day", 7),
        ("quota_reset_timezone", "Moon/Base"),
        ("renditions", [480, 1080]),
        ("renditions", []),
        ("accepted_video_formats", ["exe"]),
        ("max_file_size_bytes", 0),
        ("audio_language", "no language"),
        ("always_transcode", "yes"),
        ("server_name", ""),
    ]:
        answer = server.admin.patch("/api/admin/config", json={"server_name": "Other", key: value})
        assert answer.status_code == 422, (key, value)
        assert answer.json()["errors"][0]["field"] == key
    assert server.admin.get("/api/admin/config").json() == after


def test_a_language_for_the_sound_is_chosen_and_given_up(server):
    def change(**values):
        return server.admin.patch("/api/admin/config", json=values).raise_for_status().json()

    assert server.admin.get("/api/admin/config").json()["audio_language"] is None
    assert change(audio_language="de", always_transcode=True)["audio_language"] == "de"
    after = change(audio_language=None)
    assert (after["audio_language"], after["always_transcode"]) == (None, True)
