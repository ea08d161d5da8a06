"""What faces the network: the application behind the listener."""

from __future__ import annotations

from server import paths
from server.services.lan import Lan
from server.settings import HostSettings
from server.web import access_log
from server.web.app import Services, create_app
from server.web.cors import Cors
from server.web.https import Https
from server.web.listener import Answered, Listener
from server.web.middleware import SameSite
from server.web.uploads.admission import CutUploads, UploadAdmission


def bind(host: HostSettings, services: Services, lan: Lan, https: Https | None, cut: CutUploads) -> Listener:
    """A listener that has its port and serves once it is started. Raises `CannotStart` when the port is taken."""
    cors = Cors(host.cors_origins)
    same_site = SameSite(host.allowed_hosts, cors)

    def on_answer(answer: Answered) -> None:
        services.metrics.answered(answer)
        access_log.write(answer)
        lan.seen(answer.client_address)

    return Listener(
        create_app(services, same_site, cors, paths.web_dist_dir()),
        admission=UploadAdmission(
            services.sessions, services.endings, services.uploads, services.upload_limits, same_site, cut
        ),
        host=host.host,
        port=host.port,
        on_answer=on_answer,
        headers_for=cors.headers_for,
        tls=https.context if https else None,
    )
