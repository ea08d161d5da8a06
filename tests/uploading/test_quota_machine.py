"""Quota and uploads as a state machine: whatever people do, in whatever order, the ledger tells the truth.

After every step: what a member has used is the sum of their ledger lines since the reset, which is what their
unfinished uploads of this week were promised plus what their finished ones weigh; and each upload's file has exactly
the bytes that were sent.
"""

from __future__ import annotations

import shutil
import tempfile
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule
from sqlalchemy import create_engine, text

from server.media.messages import Refused
from tests.conftest import make_settings, running
from tests.uploading.tus import MP4_START, PATCH, TUS

pytestmark = pytest.mark.database

_LIMIT = 3000


def _refuse(_order, _on_message, _should_stop):
    return Refused(code="damaged", sentence="This file is damaged.", detail="")


def _content(size, kind):
    return (MP4_START if kind == "video" else b"<!doctype html>").ljust(size, b"x")[:size]


class Uploading(RuleBasedStateMachine):
    """One member, their uploads, the week that ends, the server that restarts."""

    uploads = Bundle("uploads")

    @initialize()
    def begin(self):
        self.folder = Path(tempfile.mkdtemp(prefix="clipset-quota-"))
        self.now = datetime(2026, 11, 18, 12, tzinfo=UTC)  # a Wednesday
        self.week = 0
        self.promised: dict[UUID, tuple[int, int]] = {}  # upload: week, bytes
        self.charged = 0
        self.sent: dict[UUID, bytes] = {}
        self.content: dict[UUID, bytes] = {}
        self.stops = ExitStack()
        self._start()
        self.server.admin.patch(
            "/api/admin/config", json={"weekly_upload_limit_bytes": _LIMIT}
        ).raise_for_status()

    def _start(self):
        loaded = make_settings(self.folder / "data", access_token_expire_minutes=525_600)
        self.server = self.stops.enter_context(running(loaded, clock=lambda: self.now, run_child=_refuse))
        self.person = self.server.admin

    def _used(self):
        return self.charged + sum(size for week, size in self.promised.values() if week == self.week)

    @rule(target=uploads, size=st.integers(30, 1500), kind=st.sampled_from(["video", "video", "page"]))
    def create(self, size, kind):
        answer = self.person.post("/api/uploads", headers={**TUS, "Upload-Length": str(size)})
        if self._used() + size > _LIMIT:
            assert (answer.status_code, answer.json()["code"]) == (413, "quota_exceeded")
            return None
        assert answer.status_code == 201, answer.text
        upload = UUID(urlsplit(answer.headers["location"]).path.rpartition("/")[2])
        self.promised[upload], self.sent[upload], self.content[upload] = (
            (self.week, size),
            b"",
            _content(size, kind),
        )
        return upload

    @rule(upload=uploads, part=st.floats(0.05, 1))
    def send(self, upload, part):
        if upload not in self.promised:
            return
        content, offset = self.content[upload], len(self.sent[upload])
        piece = content[offset : offset + max(1, int(len(content) * part))]
        answer = self.person.patch(
            f"/api/uploads/{upload}", content=piece, headers={**PATCH, "Upload-Offset": str(offset)}
        )
        self.sent[upload] += piece
        if len(self.sent[upload]) < len(content):
            assert (answer.status_code, answer.headers["upload-offset"]) == (204, str(len(self.sent[upload])))
            return
        week, size = self.promised.pop(upload)
        del self.sent[upload]
        if content.startswith(MP4_START):
            assert answer.headers["clipset-video-id"]
            self.charged += size if week == self.week else 0
        else:
            assert answer.status_code == 415

    @rule(upload=consumes(uploads))
    def cancel(self, upload):
        answer = self.person.delete(f"/api/uploads/{upload}", headers=TUS)
        assert answer.status_code == (204 if upload in self.promised else 404)
        self.promised.pop(upload, None)
        self.sent.pop(upload, None)

    @rule(size=st.integers(30, 800), kind=st.sampled_from(["video", "page"]))
    def send_a_form(self, size, kind):
        content = _content(size, kind)
        answer = self.person.post("/api/videos", files={"file": ("clip.mp4", content)})
        if answer.status_code == 413:
            # a form is reserved with all that is around the file, which is a few hundred bytes
            assert self._used() + size + 1000 > _LIMIT
        elif kind == "page":
            assert answer.status_code == 415
        else:
            assert answer.status_code == 201, answer.text
            self.charged += size

    @rule()
    def a_week_goes_by(self):
        self.now += timedelta(days=7)
        self.server.clipset.quotas.reset_if_due()
        self.week += 1
        self.charged = 0
        # nobody went on with them for a week: at the next sweep they go, and cost nobody anything
        self.server.clipset.upload_upkeep.sweep_expired()
        for upload in [each for each, (week, _) in self.promised.items() if self._has_expired(each)]:
            del self.promised[upload], self.sent[upload]

    def _has_expired(self, upload):
        return self.person.head(f"/api/uploads/{upload}", headers=TUS).status_code == 404

    @rule()
    def the_server_restarts(self):
        self.stops.close()
        self._start()

    @invariant()
    def the_ledger_tells_the_truth(self):
        if not hasattr(self, "server"):
            return
        assert self.person.get("/api/auth/me").json()["quota"]["used_bytes"] == self._used()
        engine = create_engine(self.server.clipset.settings.host.effective_database_url)
        with engine.connect() as connection:
            ledger = connection.execute(
                text(
                    "SELECT COALESCE(SUM(bytes), 0) FROM upload_ledger JOIN users ON users.id = user_id "
                    "WHERE upload_ledger.created_at >= users.last_upload_reset AND kind <> 'reset'"
                )
            ).scalar_one()
        engine.dispose()
        assert ledger == self._used()

    @invariant()
    def the_files_are_what_was_sent(self):
        if not hasattr(self, "server"):
            return
        incoming = self.server.data_dir / "videos" / "incoming"
        found = {UUID(path.parent.name): path.read_bytes() for path in incoming.glob("*/source")}
        assert found == self.sent

    def teardown(self):
        if hasattr(self, "server"):
            self.stops.close()
            shutil.rmtree(self.folder)


TestUploading = Uploading.TestCase
TestUploading.settings = settings(
    max_examples=10, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
