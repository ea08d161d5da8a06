"""How others reach the server: the right network card, its name by mDNS, and what the doctor finds."""

from __future__ import annotations

import queue
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from zeroconf import AddressResolverIPv4, ServiceInfo, Zeroconf

from server.events import AddressChanged, DeviceReached, Event
from server.network import cards as network_cards
from server.network import firewall
from server.network.cards import Card, CardKind, ordered
from server.network.firewall import Firewall
from server.network.mdns import Announcer, own_name
from server.services.lan import Lan
from server.values.lan import Tone

_WIFI = Card(name="wlan0", address="192.168.1.7", kind=CardKind.LAN, leads_out=True)
_CABLE = Card(name="eth0", address="10.0.0.7", kind=CardKind.LAN, leads_out=False)
_TUNNEL = Card(name="wg0", address="10.8.0.2", kind=CardKind.VPN, leads_out=True)


@pytest.mark.parametrize(
    ("name", "address", "kind"),
    [
        ("eth0", "192.168.1.7", CardKind.LAN),
        ("wlp3s0", "10.0.0.7", CardKind.LAN),
        ("en0", "172.16.0.3", CardKind.LAN),
        ("Intel(R) Wi-Fi 6 AX201 160MHz", "192.168.0.2", CardKind.LAN),
        ("wg0", "10.8.0.2", CardKind.VPN),
        ("tun0", "10.8.0.2", CardKind.VPN),
        ("utun4", "10.5.0.2", CardKind.VPN),
        ("tailscale0", "100.100.1.2", CardKind.VPN),
        ("Ethernet 4", "100.70.1.2", CardKind.VPN),
        ("TAP-Windows Adapter V9", "10.8.0.6", CardKind.VPN),
        ("docker0", "172.17.0.1", CardKind.VIRTUAL),
        ("br-5f3ac9", "172.18.0.1", CardKind.VIRTUAL),
        ("vboxnet0", "192.168.56.1", CardKind.VIRTUAL),
        ("Hyper-V Virtual Ethernet Adapter", "172.28.0.1", CardKind.VIRTUAL),
        ("VMware Virtual Ethernet Adapter for VMnet8", "192.168.80.1", CardKind.VIRTUAL),
        ("eth0", "169.254.10.20", CardKind.UNCONFIGURED),
    ],
)
def test_kinds_of_cards(name: str, address: str, kind: CardKind) -> None:
    assert [card.kind for card in ordered([(name, address)], None)] == [kind]


def test_the_card_in_the_house_wins_over_a_tunnel_that_leads_out() -> None:
    found = ordered(
        [
            ("lo", "127.0.0.1"),
            ("wg0", "10.8.0.2"),
            ("docker0", "172.17.0.1"),
            ("eth1", "169.254.1.1"),
            ("wlan0", "192.168.1.7"),
        ],
        way_out="10.8.0.2",
    )
    assert [card.name for card in found] == ["wlan0", "wg0", "docker0", "eth1"]


def test_of_two_cards_the_one_that_leads_out_comes_first() -> None:
    found = ordered([("eth0", "10.0.0.7"), ("wlan0", "192.168.1.7")], way_out="192.168.1.7")
    assert [card.name for card in found] == ["wlan0", "eth0"]


def test_this_machine_has_cards_or_is_named_by_its_loopback() -> None:
    found = network_cards.cards()
    assert network_cards.reachable_host("0.0.0.0") == (found[0].address if found else "127.0.0.1")
    assert network_cards.reachable_host("192.168.7.7") == "192.168.7.7"


@pytest.mark.parametrize(
    ("said", "lets_in"),
    [("yes\n", True), ("no\n", False), ("", None)],
)
def test_firewalld(said: str, lets_in: bool | None) -> None:
    found = firewall.firewalld(said, 8400)
    assert found.lets_in is lets_in
    assert "--add-port=8400/tcp" in found.command


@pytest.mark.parametrize(
    ("configuration", "on"),
    [("ENABLED=yes\nLOGLEVEL=low\n", True), ("# ENABLED=yes\nENABLED=no\n", False), ("", False)],
)
def test_ufw(configuration: str, on: bool) -> None:
    found = firewall.ufw(configuration, 8400)
    assert (found is not None) is on
    assert found is None or found.command == "sudo ufw allow 8400/tcp"


def test_windows_and_macos() -> None:
    said = "\r\nÖffentliches Profil-Einstellungen:\r\n------\r\nStatus        ON\r\nOK.\r\n"
    found = firewall.windows(said, 8400)
    assert found is not None and "localport=8400" in found.command
    assert firewall.windows(said.replace(" ON", " OFF"), 8400) is None
    assert firewall.macos("Firewall is enabled. (State = 1)") is not None
    assert firewall.macos("Firewall is disabled. (State = 0)") is None


class _House:
    """A `Lan` with cards, a firewall and a clock that the test sets."""

    def __init__(self) -> None:
        self.cards: tuple[Card, ...] = (_WIFI,)
        self.firewall: Firewall | None = None
        self.now = datetime(2026, 5, 1, 12, tzinfo=UTC)
        self.events: list[Event] = []

    def lan(self, bound_host: str = "0.0.0.0", advertised_host: str = "", port: int = 8400) -> Lan:
        return Lan(
            bound_host=bound_host,
            advertised_host=advertised_host,
            port=lambda: port,
            publish=self.events.append,
            clock=lambda: self.now,
            look=lambda: self.cards,
            ask_firewall=lambda _port: self.firewall,
        )


@pytest.fixture
def house() -> _House:
    return _House()


def _codes(lan: Lan) -> dict[str, Tone]:
    return {finding.code: finding.tone for finding in lan.examine()}


def test_the_address_follows_the_cards_unless_one_is_set(house: _House) -> None:
    lan = house.lan()
    assert lan.address == "http://192.168.1.7:8400"
    house.cards = (_CABLE, _TUNNEL)
    assert lan.refresh()
    assert lan.address == "http://10.0.0.7:8400"
    assert lan.way_in().others == ("http://10.8.0.2:8400",)
    assert lan.lan_addresses() == ("10.0.0.7",)
    assert len(house.events) == 1
    assert not lan.refresh()
    assert house.lan(advertised_host="videos.example.org").address == "http://videos.example.org:8400"
    assert house.lan(bound_host="192.168.9.9").address == "http://192.168.9.9:8400"


def test_the_doctor_names_what_keeps_others_out(house: _House) -> None:
    assert _codes(house.lan(bound_host="127.0.0.1")) == {"this_machine_only": Tone.BAD}
    house.cards = ()
    assert _codes(house.lan())["not_connected"] is Tone.BAD
    # nobody listens on the port that this house is told of
    house.cards = (_WIFI, _CABLE, _TUNNEL)
    house.firewall = Firewall(name="ufw", lets_in=None, command="sudo ufw allow 8400/tcp")
    lan = house.lan(advertised_host="127.0.0.1", port=1)
    codes = _codes(lan)
    assert codes["no_answer"] is Tone.BAD
    assert (codes["vpn"], codes["firewall"], codes["not_reached"]) == (Tone.WARN,) * 3
    house.firewall = Firewall(name="firewalld", lets_in=False, command="x")
    assert _codes(lan)["port_blocked"] is Tone.BAD
    assert "several_cards" not in _codes(lan)
    tones = [finding.tone for finding in lan.examine()]
    assert tones == sorted(tones, key=[Tone.BAD, Tone.WARN, Tone.GOOD].index)


def test_several_cards_are_said_where_nothing_is_set(house: _House) -> None:
    house.cards = (_WIFI, _CABLE)
    found = next(each for each in house.lan(port=1).examine() if each.code == "several_cards")
    assert "192.168.1.7" in found.sentence
    assert "10.0.0.7" in found.advice


def test_a_device_that_came_through_is_the_proof(house: _House) -> None:
    lan = house.lan()
    for own in ("127.0.0.1", "::1", "192.168.1.7"):
        lan.seen(own)
    assert not house.events
    lan.seen("192.168.1.23")
    lan.seen("192.168.1.23")
    assert house.events == [DeviceReached(address="192.168.1.23")]
    house.now += timedelta(minutes=1)
    lan.seen("192.168.1.23")
    assert len(house.events) == 2
    for at in range(300):
        lan.seen(f"10.1.{at // 250}.{at % 250}")
    assert len(lan._devices) == 256
    last = lan.way_in().last_reached
    assert last is not None and last.address == "10.1.1.49"


def test_a_server_for_this_machine_alone_examines_itself(server: Any) -> None:
    assert [finding.code for finding in server.clipset.lan.examine()] == ["this_machine_only"]
    assert server.clipset.address == server.url


def test_the_doctor_sees_a_server_that_answers(start: Callable[..., Any]) -> None:
    server = start(host="127.0.0.1", advertised_host="127.0.0.1")
    lan = Lan(
        bound_host="0.0.0.0",
        advertised_host="127.0.0.1",
        port=lambda: server.clipset.port,
        publish=lambda _event: None,
        clock=lambda: datetime.now(UTC),
        look=lambda: (_WIFI,),
        ask_firewall=lambda _port: None,
    )
    assert _codes(lan) == {"card": Tone.GOOD, "answers": Tone.GOOD, "not_reached": Tone.WARN}


def test_names_are_news(house: _House) -> None:
    lan = house.lan()
    lan.named(("clipset.local",))
    lan.named(("clipset.local",))
    assert house.events == [AddressChanged()]
    assert lan.way_in().names == ("http://clipset.local:8400",)


def test_the_pulse_is_taken(server: Any) -> None:
    for _ in range(3):
        server.clipset.pulse.sample()
    taken = server.clipset.pulse.history()[-1]
    assert taken.bytes_free > 0
    assert taken.encode_speed == 0
    assert taken.sent_bytes_per_s >= 0


# --- mDNS, on the loopback: names of the test's own, so that nothing else on the machine is in the way -------------


@pytest.fixture
def neighbour() -> Any:
    """Another machine on the network, as far as multicast goes."""
    try:
        neighbour = Zeroconf(interfaces=["127.0.0.1"])
    except OSError as error:
        pytest.skip(f"no multicast here: {error}")
    yield neighbour
    neighbour.close()


@pytest.fixture
def announce() -> Any:
    """Announce under some names; what was announced is answered."""
    started: list[Announcer] = []

    def announce(name: str, short_name: str) -> tuple[str, ...]:
        heard: queue.Queue[tuple[str, ...]] = queue.Queue()
        announcer = Announcer(name, "Meadow Lane 1.5", 8400, heard.put, short_name=short_name)
        announcer.start(("127.0.0.1",))
        started.append(announcer)
        return heard.get(timeout=60)

    yield announce
    for announcer in started:
        announcer.stop()


def _new_name() -> str:
    return f"clipset-test-{uuid.uuid4().hex[:12]}.local"


def test_both_names_answer(neighbour: Any, announce: Any) -> None:
    name, short_name = _new_name(), _new_name()
    assert announce(name, short_name) == (short_name, name)
    for each in (name, short_name):
        resolver = AddressResolverIPv4(f"{each}.")
        assert resolver.request(neighbour, 20_000)
        assert resolver.parsed_addresses() == ["127.0.0.1"]


def test_a_short_name_that_somebody_has_is_left_to_them(neighbour: Any, announce: Any) -> None:
    name, short_name = _new_name(), _new_name()
    theirs = ServiceInfo(
        "_http._tcp.local.",
        f"Theirs {short_name.split('.')[0]}._http._tcp.local.",
        port=80,
        addresses=[b"\x7f\x00\x00\x01"],
        server=f"{short_name}.",
    )
    neighbour.register_service(theirs)
    assert announce(name, short_name) == (name,)


def test_the_own_name_stays_the_same() -> None:
    assert own_name("host /data") == own_name("host /data") != own_name("host /other")
    assert own_name("x").startswith("clipset-") and own_name("x").endswith(".local")


def test_without_multicast_there_are_just_no_names(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_options: object) -> None:
        raise OSError("No such device")

    monkeypatch.setattr("zeroconf.Zeroconf", refuse)
    heard: queue.Queue[tuple[str, ...]] = queue.Queue()
    announcer = Announcer(_new_name(), "x", 8400, heard.put)
    announcer.start(("192.168.1.7",))
    assert heard.get(timeout=60) == ()
    announcer.stop()
