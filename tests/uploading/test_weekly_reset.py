"""The week starts anew at the set hour of the set day, in the set time zone, also when Clipset was off at that hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from unittest.mock import Mock
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.composition.schedule import schedule
from server.services.quota import last_reset
from server.settings import Config

_DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_ZONES = ("UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "Pacific/Apia", "Australia/Lord_Howe")
_DATA = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isommp42" + bytes(5000)


def _config(day, hour, zone):
    return Config(quota_reset_day=day, quota_reset_hour=hour, quota_reset_timezone=zone)


@settings(deadline=None)
@given(
    seconds=st.integers(0, 10 * 365 * 24 * 3600),
    day=st.integers(0, 6),
    hour=st.integers(0, 23),
    zone=st.sampled_from(_ZONES),
)
def test_the_last_reset_was_on_the_day_at_the_hour_and_less_than_a_week_ago(seconds, day, hour, zone):
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    moment = last_reset(_config(day, hour, zone), now)
    there = moment.astimezone(ZoneInfo(zone))
    assert there.strftime("%A") == _DAYS[day]
    # where the clocks jump over the hour, it is the one they jump to
    assert there.hour in {hour, hour + 1} and there.second == 0
    # a week in which the clocks change has an hour more or less
    assert timedelta(0) <= now - moment <= timedelta(days=7, hours=1)


@pytest.mark.parametrize(
    ("day", "hour", "zone", "now", "expected"),
    [
        # 22 November 2026 is a Sunday
        (0, 0, "UTC", "2026-11-21T23:59:59", "2026-11-15T00:00:00"),
        (0, 0, "UTC", "2026-11-22T00:00:00", "2026-11-22T00:00:00"),
        (1, 0, "UTC", "2026-11-22T12:00:00", "2026-11-16T00:00:00"),
        (6, 23, "UTC", "2026-11-22T12:00:00", "2026-11-21T23:00:00"),
        # it is Sunday in Japan while it is Saturday in London
        (0, 0, "Asia/Tokyo", "2026-11-21T15:00:00", "2026-11-21T15:00:00"),
        (0, 0, "Asia/Tokyo", "2026-11-21T14:59:59", "2026-11-14T15:00:00"),
        # 2 o'clock does not exist in Berlin on 29 March, and exists twice on 25 October
        (0, 2, "Europe/Berlin", "2026-03-29T00:59:59", "2026-03-22T01:00:00"),
        (0, 2, "Europe/Berlin", "2026-03-29T01:00:00", "2026-03-29T01:00:00"),
        (0, 2, "Europe/Berlin", "2026-10-25T01:30:00", "2026-10-25T00:00:00"),
    ],
)
def test_when_the_last_reset_was(day, hour, zone, now, expected):
    moment = last_reset(_config(day, hour, zone), datetime.fromisoformat(now).replace(tzinfo=UTC))
    assert moment.astimezone(UTC).isoformat() == f"{expected}+00:00"


def _quota(person):
    quota = person.get("/api/auth/me").raise_for_status().json()["quota"]
    return quota["used_bytes"], datetime.fromisoformat(quota["next_reset"]).astimezone(UTC)


@pytest.mark.usefixtures("week_by_hand")
@pytest.mark.database
def test_a_week_that_began_while_it_was_off_has_begun_at_the_start(start):
    now = datetime(2026, 11, 18, 12, tzinfo=UTC)  # a Wednesday
    zone = {"quota_reset_timezone": "Europe/Berlin", "access_token_expire_minutes": 525_600}
    server = start(clock=lambda: now, **zone)
    server.admin.post("/api/videos", files={"file": ("a.mp4", _DATA)}).raise_for_status()
    sunday = datetime(2026, 11, 21, 23, tzinfo=UTC)
    assert _quota(server.admin) == (len(_DATA), sunday)

    now = sunday - timedelta(seconds=1)
    assert server.clipset.quotas.reset_if_due() == 0
    server.clipset.stop()
    now = sunday + timedelta(days=2)
    server = start(clock=lambda: now, **zone)
    assert _quota(server.admin) == (0, sunday + timedelta(days=7))
    lines = server.admin.get("/api/auth/ledger").json()["items"]
    assert (lines[0]["kind"], lines[0]["bytes"]) == ("reset", -len(_DATA))
    assert server.clipset.quotas.reset_if_due() == 0, "once a week"


@pytest.mark.usefixtures("week_by_hand")
@pytest.mark.database
def test_a_clock_that_was_far_ahead_for_a_while_holds_no_week_up(start):
    now = today = datetime(2026, 11, 18, 12, tzinfo=UTC)
    server = start(clock=lambda: now, access_token_expire_minutes=525_600)
    assert server.clipset.quotas.reset_if_due() == 0
    now = today + timedelta(days=300)
    assert server.clipset.quotas.reset_if_due() == 1
    now = today
    server.admin.post("/api/videos", files={"file": ("a.mp4", _DATA)}).raise_for_status()
    assert server.clipset.quotas.reset_if_due() == 1, "its last week has not begun yet"
    assert (_quota(server.admin)[0], server.clipset.quotas.reset_if_due()) == (0, 0)
    now = today - timedelta(minutes=5)
    assert server.clipset.quotas.reset_if_due() == 0, "clocks are set right all the time"
    now = today + timedelta(days=7)
    assert server.clipset.quotas.reset_if_due() == 1


def test_the_scheduler_asks_every_minute():
    """So a day, an hour or a zone that is changed counts at once."""
    services = {
        name: Mock(name=name)
        for name in ("backups", "endings", "https", "machine", "positions", "presence", "pulse", "quotas")
    }
    services |= {name: Mock(name=name) for name in ("sessions", "upload_upkeep", "viewers")}
    job = schedule(**services).get_job("quota_reset")
    assert job.func == services["quotas"].reset_if_due
    now = datetime(2026, 11, 22, 0, 0, 1, tzinfo=UTC)
    assert job.trigger.get_next_fire_time(None, now) == datetime(2026, 11, 22, 0, 1, tzinfo=UTC)
