"""By what names this server may be opened, and saying them on the network."""

from __future__ import annotations

import socket

from server.network.cards import cards
from server.network.mdns import SHORT_NAME, Announcer, own_name
from server.services.lan import Lan
from server.settings import HostSettings


class Presence:
    """Announces from `start` to `stop`, if the server is for others and the setting allows it."""

    def __init__(self, host: HostSettings, lan: Lan) -> None:
        self._host = host
        self._lan = lan
        # the same data folder on the same machine keeps its name
        self._own_name = own_name(f"{socket.gethostname()} {host.data_path}")
        self._announcer: Announcer | None = None

    def hosts(self) -> set[str]:
        """Every address and name that this server may be opened by now."""
        machine = socket.gethostname().lower()
        names = {"localhost", machine, f"{machine.partition('.')[0]}.local", SHORT_NAME, self._own_name}
        addresses = {"127.0.0.1", "::1", *(card.address for card in cards())}
        told = filter(None, (self._host.advertised_host,))
        return {*names, *addresses, *self._host.allowed_hosts, *told}

    def start(self, label: str, port: int) -> None:
        """Give the server its names on the network; `label` is what people call it. Returns at once."""
        if not (self._host.mdns and self._lan.is_for_others):
            return
        self._announcer = Announcer(self._own_name, label, port, self._lan.named)
        self._announcer.start(self._lan.lan_addresses())

    def look(self) -> None:
        """See whether network cards have come or gone, and announce what is there now."""
        if self._lan.refresh() and self._announcer is not None:
            self._announcer.update(self._lan.lan_addresses())

    def stop(self) -> None:
        """Say goodbye. Harmless when nothing was announced."""
        if self._announcer is not None:
            self._announcer.stop()
