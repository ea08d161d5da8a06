"""What anybody may ask: is the server well, and what is it called."""

from __future__ import annotations

import falcon

from server import __version__
from server.errors import ClipsetError
from server.services.configuration import Configuration
from server.services.health import Health
from server.services.setup import Setup
from server.web import shapes
from server.web.operation import Access, Answer, operation


class HealthResource:
    def __init__(self, health: Health) -> None:
        self._health = health

    @operation(
        Access.ANYONE,
        answer=shapes.HealthBody,
        others=(Answer(503, "It is not well; `reason` says why.", shapes.HealthBody),),
    )
    def on_get(self, _req: falcon.Request, resp: falcon.Response) -> None:
        """Whether the server is well; 503 with the reason when it is not."""
        resp.set_header("Cache-Control", "no-store")
        try:
            self._health.check()
        except ClipsetError as error:
            resp.status = 503
            resp.media = shapes.HealthBody(status="unhealthy", version=__version__, reason=error.sentence)
            return
        resp.media = shapes.HealthBody(status="healthy", version=__version__)


class ServerResource:
    def __init__(self, configuration: Configuration, setup: Setup) -> None:
        self._configuration = configuration
        self._setup = setup

    @operation(Access.ANYONE, answer=shapes.ServerBody)
    def on_get(self, _req: falcon.Request, resp: falcon.Response) -> None:
        """The server's name and version, and whether it waits for its first admin."""
        resp.set_header("Cache-Control", "no-store")
        resp.media = shapes.ServerBody(
            name=self._configuration.get().server_name,
            version=__version__,
            setup_needed=self._setup.is_needed(),
        )
