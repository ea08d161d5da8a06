"""Where others reach this server: the address to tell them, its names, the proof that somebody got through.

It is asked for often and answers from memory; `refresh` and `examine` ask the system and may take seconds.
"""

from __future__ import annotations

import http.client
import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import timedelta

from server.events import AddressChanged, DeviceReached, Publish
from server.network.cards import EVERY_CARD, Card, CardKind, cards
from server.network.firewall import Firewall, firewall
from server.network.urls import url
from server.values.clock import Clock
from server.values.lan import Finding, Reached, Tone, WayIn

_LOOPBACK = frozenset({"127.0.0.1", "::1"})
#: The same device is news again after this time.
_NEWS_AFTER = timedelta(seconds=30)
_DEVICES_MAX = 256
_ANSWERS_WITHIN_S = 3.0


class Lan:
    """Thread-safe. `seen` is told of every answer, so it is cheap."""

    def __init__(
        self,
        *,
        bound_host: str,
        advertised_host: str,
        scheme: str = "http",
        port: Callable[[], int],
        publish: Publish,
        clock: Clock,
        look: Callable[[], tuple[Card, ...]] = cards,
        ask_firewall: Callable[[int], Firewall | None] = firewall,
    ) -> None:
        self._bound_host = bound_host
        self._advertised_host = advertised_host
        self._scheme = scheme
        self._port = port
        self._publish = publish
        self._clock = clock
        self._look = look
        self._ask_firewall = ask_firewall
        self._lock = threading.Lock()
        self._names: tuple[str, ...] = ()
        self._devices: OrderedDict[str, Reached] = OrderedDict()
        self._cards = look()

    @property
    def is_for_others(self) -> bool:
        """Whether the server listens on more than this machine's loopback."""
        return not (self._bound_host in _LOOPBACK or self._bound_host == "localhost")

    @property
    def address(self) -> str:
        """The address to tell people, with scheme and port."""
        return self._url(self._host())

    def way_in(self) -> WayIn:
        """All that is known, at once."""
        with self._lock:
            last = next(reversed(self._devices.values()), None)
            names = self._names
        shown = self._host()
        others = [card.address for card in self._cards if card.address != shown]
        return WayIn(
            address=self._url(shown),
            others=tuple(map(self._url, others)) if self._bound_host in EVERY_CARD else (),
            names=tuple(map(self._url, names)),
            last_reached=last,
        )

    def lan_addresses(self) -> tuple[str, ...]:
        """This machine's addresses on local networks, to be announced there."""
        if self._bound_host not in EVERY_CARD:
            return (self._bound_host,) if self.is_for_others else ()
        return tuple(card.address for card in self._cards if card.kind is CardKind.LAN)

    def refresh(self) -> bool:
        """Look at the cards again; True when they have changed. The scheduler asks: Wi-Fi comes and goes."""
        before, found = self.way_in(), self._look()
        changed = found != self._cards
        self._cards = found
        if self.way_in() != before:
            self._publish(AddressChanged())
        return changed

    def named(self, names: tuple[str, ...]) -> None:
        """The server has these names on the network now."""
        with self._lock:
            changed, self._names = names != self._names, names
        if changed:
            self._publish(AddressChanged())

    def seen(self, address: str) -> None:
        """Somebody at `address` was answered."""
        if address in _LOOPBACK or any(card.address == address for card in self._cards):
            return
        now = self._clock()
        with self._lock:
            known = self._devices.pop(address, None)
            self._devices[address] = Reached(address=address, at=now)
            if len(self._devices) > _DEVICES_MAX:
                self._devices.popitem(last=False)
        if known is None or now - known.at > _NEWS_AFTER:
            self._publish(DeviceReached(address=address))

    def examine(self) -> tuple[Finding, ...]:
        """What may keep others out, and what to do about it; the worst first. Takes up to some seconds."""
        self.refresh()
        found = (
            [self._listening()] if not self.is_for_others else [self._card(), *self._vpn(), self._answers()]
        )
        if self.is_for_others:
            found += [*self._firewall(), self._proof()]
        order = (Tone.BAD, Tone.WARN, Tone.GOOD)
        return tuple(sorted(found, key=lambda finding: order.index(finding.tone)))

    def _listening(self) -> Finding:
        return Finding(
            code="this_machine_only",
            tone=Tone.BAD,
            sentence="Clipset answers this computer only.",
            advice="In the settings, set the network address to 0.0.0.0, then start Clipset again.",
        )

    def _card(self) -> Finding:
        usable = [card for card in self._cards if card.kind is CardKind.LAN]
        if not usable:
            return Finding(
                code="not_connected",
                tone=Tone.BAD,
                sentence="This computer is not on a local network.",
                advice="Connect it by cable or Wi-Fi. The address appears here by itself.",
            )
        if len(usable) > 1 and not self._advertised_host and self._bound_host in EVERY_CARD:
            others = ", ".join(card.address for card in usable[1:])
            return Finding(
                code="several_cards",
                tone=Tone.WARN,
                sentence=f"This computer is on several networks; people are told {self._host()}.",
                advice=f"If that is the wrong one, enter another as the address to show, in the settings: {others}",
            )
        return Finding(code="card", tone=Tone.GOOD, sentence="This computer is on the local network.")

    def _vpn(self) -> list[Finding]:
        found = [card for card in self._cards if card.kind is CardKind.VPN]
        if not found:
            return []
        return [
            Finding(
                code="vpn",
                tone=Tone.WARN,
                sentence=f"A VPN is on ({found[0].name}). Some of them keep the local network out.",
                advice="If others cannot connect, allow the local network in the VPN's settings, or turn it off.",
            )
        ]

    def _answers(self) -> Finding:
        try:
            connection = http.client.HTTPConnection(self._host(), self._port(), timeout=_ANSWERS_WITHIN_S)
            connection.request("GET", "/health")
            connection.getresponse().read()
            connection.close()
        except OSError as error:
            return Finding(
                code="no_answer",
                tone=Tone.BAD,
                sentence=f"Clipset does not answer at {self.address}, not even from this computer.",
                advice=f"Check the address to show in the settings. ({error.strerror or error})",
            )
        return Finding(code="answers", tone=Tone.GOOD, sentence="Clipset answers at its address.")

    def _firewall(self) -> list[Finding]:
        found = self._ask_firewall(self._port())
        if found is None or found.lets_in:
            return []
        if found.lets_in is False:
            return [
                Finding(
                    code="port_blocked",
                    tone=Tone.BAD,
                    sentence=f"The firewall ({found.name}) keeps others from port {self._port()}.",
                    advice="Let the port in, as an administrator:",
                    command=found.command,
                )
            ]
        return [
            Finding(
                code="firewall",
                tone=Tone.WARN,
                sentence=f"A firewall is on ({found.name}).",
                advice="If others cannot connect, let the port in, as an administrator:"
                if found.command
                else "If others cannot connect, allow Clipset in the system's settings, under Network, Firewall.",
                command=found.command,
            )
        ]

    def _proof(self) -> Finding:
        last = self.way_in().last_reached
        if last is None:
            return Finding(
                code="not_reached",
                tone=Tone.WARN,
                sentence="No other device has come through yet.",
                advice="Open the address on a phone in the same Wi-Fi. This line then turns green.",
            )
        return Finding(
            code="reached", tone=Tone.GOOD, sentence=f"Another device has come through, from {last.address}."
        )

    def _host(self) -> str:
        if self._advertised_host:
            return self._advertised_host
        if self._bound_host not in EVERY_CARD:
            return self._bound_host
        return self._cards[0].address if self._cards else "127.0.0.1"

    def _url(self, host: str) -> str:
        return url(self._scheme, host, self._port())
