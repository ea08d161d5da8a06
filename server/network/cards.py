"""Which of this machine's addresses others on the network can reach: its network cards, the likeliest first."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterable
from enum import IntEnum
from ipaddress import IPv4Address, IPv4Network

import ifaddr
import msgspec

#: RFC 5737, for documentation: nothing is sent to it, it only makes the system choose a network card.
_SOMEWHERE = ("192.0.2.1", 9)
#: RFC 6598, shared address space; VPNs between one's own machines hand it out.
_SHARED = IPv4Network("100.64.0.0/10")
EVERY_CARD = frozenset({"0.0.0.0", "::", ""})  # noqa: S104  what a program binds to that wants them all


class CardKind(IntEnum):
    """What a card leads to, the likeliest way for a phone in the house first."""

    LAN = 0
    VPN = 1
    VIRTUAL = 2
    UNCONFIGURED = 3


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """One IPv4 address of a card; `leads_out` when the system sends there what goes beyond the local network."""

    name: str
    address: str
    kind: CardKind
    leads_out: bool


#: Names on Linux and macOS, and words of the names that Windows gives.
_VPN = re.compile(
    r"^(tun|tap|wg|ppp|utun|ipsec|tailscale|zt|nordlynx|proton|cscotun|gpd)\d*|"
    r"vpn|wireguard|tailscale|zerotier|tap-windows|anyconnect|pangp|wintun",
    re.IGNORECASE,
)
_VIRTUAL = re.compile(
    r"^(docker|br-|veth|virbr|vmnet|vboxnet|lxc|lxd|cni|flannel|podman|bridge\d|awdl|llw|anpi)|"
    r"hyper-v|virtualbox|vmware|vethernet|wsl|bluetooth|npcap",
    re.IGNORECASE,
)


def cards() -> tuple[Card, ...]:
    """Every address but the loopback's, the likeliest first. Asks the system, which takes a millisecond or two."""
    found = [
        (str(adapter.nice_name), str(ip.ip))
        for adapter in ifaddr.get_adapters()
        for ip in adapter.ips
        if ip.is_IPv4
    ]
    return ordered(found, _way_out())


def ordered(found: Iterable[tuple[str, str]], way_out: str | None) -> tuple[Card, ...]:
    """Cards of names and addresses. `way_out` is the address that the system itself would send from."""
    made = [
        Card(name=name, address=address, kind=_kind(name, IPv4Address(address)), leads_out=address == way_out)
        for name, address in found
        if not IPv4Address(address).is_loopback
    ]
    return tuple(sorted(made, key=lambda card: (card.kind, not card.leads_out, not _is_private(card))))


def reachable_host(bound_host: str) -> str:
    """The address to tell people: that of the likeliest card, or the bound one if it is just one."""
    if bound_host not in EVERY_CARD:
        return bound_host
    found = cards()
    return found[0].address if found else "127.0.0.1"


def _kind(name: str, address: IPv4Address) -> CardKind:
    if address.is_link_local:
        return CardKind.UNCONFIGURED
    if _VPN.search(name) or address in _SHARED:
        return CardKind.VPN
    return CardKind.VIRTUAL if _VIRTUAL.search(name) else CardKind.LAN


def _is_private(card: Card) -> bool:
    return IPv4Address(card.address).is_private


def _way_out() -> str | None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_SOMEWHERE)
            host: str = probe.getsockname()[0]
        except OSError:
            return None
    return host
