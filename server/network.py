"""Which of this machine's addresses others on the network can reach."""

from __future__ import annotations

import socket

import ifaddr

#: RFC 5737, for documentation: nothing is sent to it, it only makes the system choose a network card.
_SOMEWHERE = ("192.0.2.1", 9)


def reachable_host(bound_host: str) -> str:
    """The address to tell people: that of the card that leads outside, or the bound one if it is just one."""
    if bound_host not in {"0.0.0.0", "::", ""}:  # noqa: S104  these mean every card
        return bound_host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_SOMEWHERE)
            host: str = probe.getsockname()[0]
        except OSError:
            return "127.0.0.1"
    return host


def own_hosts() -> set[str]:
    """Every address of this machine, and the names it has without anybody's doing."""
    name = socket.gethostname().lower()
    hosts = {"localhost", name, f"{name.partition('.')[0]}.local", "clipset.local"}
    for adapter in ifaddr.get_adapters():
        # an IPv6 address comes with its zone; one that needs it cannot be put into an address people type
        hosts |= {each.ip if isinstance(each.ip, str) else each.ip[0] for each in adapter.ips}
    return hosts
