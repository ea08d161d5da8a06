"""The certificate that the listener shows: kept up to date with the machine's addresses, without a restart."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from server.services.certificates import Certificates
from server.web.listener import server_context


class Https:
    """A context for the listener, and the certificates behind it."""

    def __init__(self, certificates: Certificates, hosts: Callable[[], Iterable[str]]) -> None:
        """Make certificates where they are missing. Raises `CannotStart`. `hosts` are what people open it by."""
        self.certificates = certificates
        self.context = server_context()
        self._hosts = hosts
        certificates.renew(hosts())
        self._show()

    def renew(self) -> None:
        """Show a new certificate if this one is about to end or the machine has other addresses. Raises `CannotStart`.

        Connections that are open keep theirs.
        """
        if self.certificates.renew(self._hosts()):
            self._show()

    def _show(self) -> None:
        self.context.load_cert_chain(self.certificates.server_path, self.certificates.server_key_path)
