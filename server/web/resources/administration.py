"""Settings, figures and the queue, for admins."""

from __future__ import annotations

from uuid import UUID

import falcon
import msgspec
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from server.services.configuration import Configuration
from server.services.queue import Queue
from server.services.quota import Quotas
from server.services.stats import StatsService
from server.values.stats import Stats
from server.web import shapes
from server.web.metrics import Metrics
from server.web.operation import Access, Text, operation


class ConfigResource:
    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration

    @operation(Access.ADMIN, answer=shapes.ConfigBody)
    def on_get(self, _req: falcon.Request, resp: falcon.Response) -> None:
        """The settings that members feel."""
        resp.media = shapes.ConfigBody.of(self._configuration.stored())

    @operation(Access.ADMIN, body=shapes.ConfigChanges, answer=shapes.ConfigBody)
    def on_patch(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Change some of them; they take effect at once."""
        self._configuration.update(req.context.caller, **req.context.body.given())
        resp.media = shapes.ConfigBody.of(self._configuration.stored())


class QuotaResetResource:
    def __init__(self, quotas: Quotas) -> None:
        self._quotas = quotas

    @operation(Access.ADMIN, answer=shapes.ResetBody)
    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Start everybody's week anew, now."""
        resp.media = shapes.ResetBody(members=self._quotas.reset_now(req.context.caller))


class StatsResource:
    def __init__(self, stats: StatsService) -> None:
        self._stats = stats

    @operation(Access.ADMIN, answer=Stats)
    def on_get(self, _req: falcon.Request, resp: falcon.Response) -> None:
        """Figures about the whole server."""
        resp.media = self._stats.snapshot()


class MetricsResource:
    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    @operation(Access.ADMIN, answer=Text("text/plain"), with_token=True)
    def on_get(self, _req: falcon.Request, resp: falcon.Response) -> None:
        """Measurements for Prometheus."""
        resp.set_header("Cache-Control", "no-store")
        resp.content_type = CONTENT_TYPE_PLAIN_0_0_4
        resp.data = self._metrics.text()


class JobsResource:
    def __init__(self, queue: Queue) -> None:
        self._queue = queue

    @operation(Access.ADMIN, query=shapes.PageQuery, answer=shapes.PageBody[shapes.JobBody])
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """The queue: running, waiting in their order, then ended."""
        query: shapes.PageQuery = req.context.query
        resp.media = shapes.page_body(self._queue.list(query.page, query.page_size), shapes.JobBody.of)


class JobResource:
    def __init__(self, queue: Queue) -> None:
        self._queue = queue

    @operation(Access.ADMIN, answer=shapes.JobBody)
    def on_get(self, _req: falcon.Request, resp: falcon.Response, job_id: UUID) -> None:
        """One job."""
        resp.media = shapes.JobBody.of(self._queue.get(job_id))


class JobCancelResource:
    def __init__(self, queue: Queue) -> None:
        self._queue = queue

    @operation(Access.ADMIN, answer=shapes.JobBody, problems=(409,))
    def on_post(self, req: falcon.Request, resp: falcon.Response, job_id: UUID) -> None:
        """Cancel a waiting or running job."""
        resp.media = shapes.JobBody.of(self._queue.cancel(req.context.caller, job_id))


class JobRetryResource:
    def __init__(self, queue: Queue) -> None:
        self._queue = queue

    @operation(Access.ADMIN, answer=shapes.JobBody, problems=(409,))
    def on_post(self, req: falcon.Request, resp: falcon.Response, job_id: UUID) -> None:
        """Queue a failed or cancelled job again."""
        resp.media = shapes.JobBody.of(self._queue.retry(req.context.caller, job_id))


class JobPauseResource:
    def __init__(self, queue: Queue) -> None:
        self._queue = queue

    @operation(Access.ADMIN, answer=shapes.JobBody, problems=(409,))
    def on_post(self, req: falcon.Request, resp: falcon.Response, job_id: UUID) -> None:
        """Set a waiting or running job aside with all that is done of it."""
        resp.media = shapes.JobBody.of(self._queue.pause(req.context.caller, job_id))


class JobResumeResource:
    def __init__(self, queue: Queue) -> None:
        self._queue = queue

    @operation(Access.ADMIN, answer=shapes.JobBody, problems=(409,))
    def on_post(self, req: falcon.Request, resp: falcon.Response, job_id: UUID) -> None:
        """Let a paused job go on, before all that wait."""
        resp.media = shapes.JobBody.of(self._queue.resume(req.context.caller, job_id))


class JobMoveResource:
    def __init__(self, queue: Queue) -> None:
        self._queue = queue

    @operation(Access.ADMIN, body=shapes.MoveBody, answer=shapes.JobBody, problems=(409,))
    def on_post(self, req: falcon.Request, resp: falcon.Response, job_id: UUID) -> None:
        """Give a waiting job another place: before another one, after all, or next."""
        body: shapes.MoveBody = req.context.body
        if isinstance(body.before, msgspec.UnsetType):
            job = self._queue.move_next(req.context.caller, job_id)
        else:
            job = self._queue.move(req.context.caller, job_id, body.before)
        resp.media = shapes.JobBody.of(job)
