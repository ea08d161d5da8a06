"""How sizes and times are said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from clipset_desktop import words

_NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "0 bytes"),
        (1023, "1,023 bytes"),
        (1024, "1 kB"),
        (1536, "1.5 kB"),
        (200 * 1024**2 + 7, "200 MB"),
        (int(1.2 * 1024**3), "1.2 GB"),
        (5000 * 1024**4, "5,000 TB"),
    ],
)
def test_sizes(count: int, said: str) -> None:
    assert words.size(count) == said


@pytest.mark.parametrize(
    ("eta_ms", "said"),
    [
        (0, "1 s left"),
        (59_400, "59 s left"),
        (60_000, "1 min left"),
        (3_600_000, "1 h 0 min left"),
        (9_000_000, "2 h 30 min left"),
    ],
)
def test_time_left(eta_ms: int, said: str) -> None:
    assert words.remaining(eta_ms) == said


@pytest.mark.parametrize(
    ("passed", "said"),
    [
        (timedelta(seconds=-2), "just now"),
        (timedelta(seconds=44), "just now"),
        (timedelta(minutes=1), "1 min ago"),
        (timedelta(minutes=50), "50 min ago"),
        (timedelta(hours=5), "5 h ago"),
        (timedelta(days=3), "3 days ago"),
        (timedelta(days=30), "12 Feb 2026"),
    ],
)
def test_ago(passed: timedelta, said: str) -> None:
    assert words.ago(_NOW - passed, _NOW) == said


@pytest.mark.parametrize(("n", "said"), [(0, "0 videos"), (1, "1 video"), (1234, "1,234 videos")])
def test_one_and_many(n: int, said: str) -> None:
    assert words.trn("{n} video", "{n} videos", n) == said
