"""What happens by the clock. Jobs run on the scheduler's own threads, each at most once at a time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from apscheduler.schedulers.background import BackgroundScheduler

from server.composition.presence import Presence
from server.services.backups import Backups
from server.services.endings import Endings
from server.services.machine import Machine
from server.services.positions import Positions
from server.services.pulse import EVERY, Pulse
from server.services.quota import Quotas
from server.services.sessions import Sessions
from server.services.upload_upkeep import UploadUpkeep
from server.services.viewers import Viewers
from server.web.https import Https


def schedule(
    *,
    backups: Backups,
    endings: Endings,
    https: Https | None,
    machine: Machine,
    positions: Positions,
    presence: Presence,
    pulse: Pulse,
    quotas: Quotas,
    sessions: Sessions,
    upload_upkeep: UploadUpkeep,
    viewers: Viewers,
) -> BackgroundScheduler:
    """A scheduler that is not started yet. A run missed while the machine slept happens once, when it wakes."""
    scheduler = BackgroundScheduler(
        timezone="UTC", job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
    )

    def every(interval: timedelta, run: Callable[[], object], name: str) -> None:
        scheduler.add_job(run, "interval", seconds=interval.total_seconds(), id=name)

    every(timedelta(seconds=1), endings.expire, "expired")
    every(EVERY, pulse.sample, "pulse")
    every(timedelta(seconds=10), viewers.refresh, "viewers")
    every(timedelta(seconds=10), machine.look, "machine")
    every(timedelta(seconds=10), positions.flush, "positions")
    every(timedelta(seconds=30), presence.look, "cards")
    # the hour and zone of the weekly reset can change any time, so the question is asked rather than scheduled
    scheduler.add_job(quotas.reset_if_due, "cron", minute="*", id="quota_reset")
    if https is not None:
        scheduler.add_job(https.renew, "cron", minute="*", id="certificate")
    every(timedelta(hours=1), upload_upkeep.sweep_expired, "sweep")
    every(timedelta(hours=1), sessions.purge, "old_sessions")
    # asked rather than scheduled, so that a machine that is off at night has its backups too
    every(timedelta(hours=1), backups.make_if_due, "backup")
    return scheduler
