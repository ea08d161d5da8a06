"""Names for this server on the local network, by multicast DNS (RFC 6762) and service discovery (RFC 6763).

`clipset-<hex>.local` is always announced, `clipset.local` where nobody else has it: zeroconf does not probe host names,
so this asks first. Everything happens on one thread of its own, since each announcement takes seconds.
"""

from __future__ import annotations

import hashlib
import queue
import socket
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from zeroconf import ServiceInfo, Zeroconf

_log = structlog.get_logger(__name__)

SHORT_NAME = "clipset.local"
_TYPE = "_http._tcp.local."
#: Whoever has said a record less than a second ago must not say it again yet (RFC 6762 section 6).
_ASK_MS = 2500
#: RFC 6763 section 4.1.1: an instance's name is at most 63 bytes.
_LONGEST_BYTES = 48


def own_name(seed: str) -> str:
    """The name that only this server has: the same for the same `seed`."""
    return f"clipset-{hashlib.sha256(seed.encode()).hexdigest()[:6]}.local"


class Announcer:
    """Announces until `stop`. Without multicast it logs that once, and nothing has a name."""

    def __init__(
        self,
        name: str,
        label: str,
        port: int,
        on_names: Callable[[tuple[str, ...]], None],
        *,
        short_name: str = SHORT_NAME,
    ) -> None:
        self._name = name
        self._short_name = short_name
        self._label = label
        self._port = port
        self._on_names = on_names
        self._wishes: queue.SimpleQueue[tuple[str, ...] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="mdns", daemon=True)

    def start(self, addresses: tuple[str, ...]) -> None:
        """Begin to announce these IPv4 addresses of ours. Returns at once; `on_names` hears which names answer."""
        self._wishes.put(addresses)
        self._thread.start()

    def update(self, addresses: tuple[str, ...]) -> None:
        """Announce other addresses instead."""
        self._wishes.put(addresses)

    def stop(self) -> None:
        """Say goodbye, so that nobody keeps the names, and end."""
        self._wishes.put(None)
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        addresses = self._wishes.get()
        while addresses is not None:
            addresses = self._announce(addresses) if addresses else self._wishes.get()

    def _announce(self, addresses: tuple[str, ...]) -> tuple[str, ...] | None:
        """Announce until there is another wish, which is returned."""
        # 100 modules that a server bound to one machine never needs
        from zeroconf import Error as ZeroconfError
        from zeroconf import IPVersion, Zeroconf

        try:
            zeroconf = Zeroconf(interfaces=list(addresses), ip_version=IPVersion.V4Only)
        except (OSError, ZeroconfError) as error:
            _log.info("mdns_not_possible", reason=str(error))
            self._on_names(())
            return self._wishes.get()
        try:
            names = [self._name]
            zeroconf.register_service(self._service(self._name, addresses), allow_name_change=True)
            if _is_free(zeroconf, self._short_name):
                zeroconf.register_service(self._service(self._short_name, addresses), allow_name_change=True)
                names.insert(0, self._short_name)
            _log.info("mdns_announced", names=names, addresses=addresses)
            self._on_names(tuple(names))
            return self._wishes.get()
        except (OSError, ZeroconfError) as error:
            _log.warning("mdns_failed", reason=str(error) or type(error).__name__)
            self._on_names(())
            return self._wishes.get()
        finally:
            zeroconf.close()

    def _service(self, host: str, addresses: tuple[str, ...]) -> ServiceInfo:
        from zeroconf import ServiceInfo

        label = self._label if host == self._name else f"{self._label} ({host})"
        return ServiceInfo(
            _TYPE,
            f"{_instance(label)}.{_TYPE}",
            port=self._port,
            addresses=[socket.inet_aton(address) for address in addresses],
            properties={"path": "/"},
            server=f"{host}.",
        )


def _instance(label: str) -> str:
    """A service's name: in one piece, since dots would make it several, and short enough."""
    plain = "".join(char if char.isprintable() and char != "." else " " for char in label)
    return plain.encode()[:_LONGEST_BYTES].decode(errors="ignore").strip() or "Clipset"


def _is_free(zeroconf: Zeroconf, name: str) -> bool:
    """Whether nobody answers to `name`."""
    from zeroconf import AddressResolverIPv4, DNSQuestionType  # type: ignore[attr-defined]

    # asked for by unicast, an answer may end up at another program of this machine that shares the port
    resolver = AddressResolverIPv4(f"{name}.")
    return not resolver.request(zeroconf, _ASK_MS, question_type=DNSQuestionType.QM)
