"""HTTPS with the server's own authority: trusted where that is trusted, renewed without a restart, never waited for."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import socket
import ssl
import stat
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from server import local_access
from server.composition import Clipset
from server.errors import CannotStart
from server.remote import RemoteServer
from server.services.certificates import Certificates
from server.web.resources import trust
from server.words import catalogue
from tests.conftest import PASSWORD

LOGIN = {"username": "anna", "password": PASSWORD}


@pytest.fixture
def encrypted(load_settings: Callable[..., Any]) -> Iterator[Clipset]:
    with Clipset(load_settings(https=True)) as clipset:
        yield clipset


def _trust(clipset: Clipset) -> ssl.SSLContext:
    """A device that has installed the authority's certificate."""
    pem = httpx.get(f"http://127.0.0.1:{clipset.port}/trust/clipset.pem").raise_for_status()
    assert pem.headers["content-disposition"] == 'attachment; filename="clipset.pem"'
    return ssl.create_default_context(cadata=pem.text)


def _shown(clipset: Clipset, trust: ssl.SSLContext, host: str) -> x509.Certificate:
    with (
        socket.create_connection(("127.0.0.1", clipset.port), timeout=20) as plain,
        trust.wrap_socket(plain, server_hostname=host) as connection,
    ):
        return x509.load_der_x509_certificate(connection.getpeercert(binary_form=True) or b"")


def test_a_device_that_trusts_it_signs_in_and_uploads(encrypted: Clipset) -> None:
    assert encrypted.local_address == f"https://127.0.0.1:{encrypted.port}"
    with httpx.Client(base_url=encrypted.local_address, verify=_trust(encrypted), timeout=60) as person:
        answer = person.post("/api/auth/login", json=LOGIN).raise_for_status()
        cookie = answer.headers["set-cookie"]
        assert "; Secure" in cookie and "; HttpOnly" in cookie
        assert "strict-transport-security" not in answer.headers
        body = os.urandom(3_000_000)
        headers = {"Tus-Resumable": "1.0.0", "Upload-Length": str(len(body) + 1)}
        made = person.post("/api/uploads", headers=headers)
        address = made.headers["location"]
        assert address.startswith("https://")
        headers = {
            "Tus-Resumable": "1.0.0",
            "Upload-Offset": "0",
            "Content-Type": "application/offset+octet-stream",
        }
        assert person.patch(address, content=body, headers=headers).status_code == 204
        (received,) = Path(encrypted.settings.host.videos_path).rglob("source")
        assert received.read_bytes() == body


def test_a_device_that_does_not_is_warned(encrypted: Clipset) -> None:
    with pytest.raises(httpx.ConnectError, match="certificate verify failed"):
        httpx.get(encrypted.local_address)
    assert httpx.get(encrypted.local_address, verify=_trust(encrypted)).status_code == 200


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "clipset.local"])
def test_it_is_for_every_name_and_address(encrypted: Clipset, host: str) -> None:
    assert _shown(encrypted, _trust(encrypted), host)


def test_it_is_for_no_site_of_the_internet(encrypted: Clipset) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        _shown(encrypted, _trust(encrypted), "example.org")


def test_the_page_that_says_how_to_trust_it(encrypted: Clipset) -> None:
    page = httpx.get(f"http://127.0.0.1:{encrypted.port}/trust")
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    der = httpx.get(f"http://127.0.0.1:{encrypted.port}/trust/clipset.crt")
    assert der.headers["content-type"] == "application/x-x509-ca-cert"
    authority = x509.load_der_x509_certificate(der.content)
    assert authority.fingerprint(SHA256()).hex(":").upper() in page.text
    assert "//" not in page.text.replace(f"https://127.0.0.1:{encrypted.port}/", "")


@pytest.mark.parametrize(
    ("wishes", "language", "title"),
    [
        ("", "en", "Trust this server"),
        ("fr-FR,fr;q=0.9", "en", "Trust this server"),
        ("de-CH,de;q=0.9,en;q=0.8", "de", "Diesem Server vertrauen"),
        ("en;q=0.5,de;q=0.7", "de", "Diesem Server vertrauen"),
        ("de;q=0,en;q=0.1,*;q=x", "en", "Trust this server"),
    ],
)
def test_the_page_speaks_the_readers_language(
    encrypted: Clipset, wishes: str, language: str, title: str
) -> None:
    page = httpx.get(f"http://127.0.0.1:{encrypted.port}/trust", headers={"Accept-Language": wishes})
    assert (page.headers["content-language"], f'<html lang="{language}">' in page.text) == (language, True)
    assert f"<h1>{title}</h1>" in page.text
    assert page.text.count('<a href="/trust/clipset.') == 5
    assert "{" not in page.text.partition("<body>")[2]


def test_every_text_of_the_page_is_there_in_german() -> None:
    assert [text for text in trust.TEXTS if text not in catalogue("de")] == []


def test_who_speaks_plainly_is_sent_on(encrypted: Clipset) -> None:
    with httpx.Client(base_url=f"http://127.0.0.1:{encrypted.port}") as plain:
        answer = plain.get("/watch/1?a=b")
        assert (answer.status_code, answer.headers["location"]) == (
            307,
            f"https://127.0.0.1:{encrypted.port}/watch/1?a=b",
        )
        refused = plain.post("/api/auth/login", json=LOGIN)
        assert (refused.status_code, "set-cookie" in refused.headers) == (307, False)
    with socket.create_connection(("127.0.0.1", encrypted.port), timeout=20) as old:
        old.sendall(b"GET / HTTP/1.0\r\n\r\n")
        assert old.recv(65536).startswith(b"HTTP/1.0 400 ")


def test_the_command_line_reaches_it(encrypted: Clipset) -> None:
    running = local_access.read(encrypted.settings.host.data_path)
    assert running is not None
    assert RemoteServer(running).get("/api/admin/jobs")["items"] == []


def test_without_https_there_is_nothing_to_trust(server: Any) -> None:
    assert server.stranger().get("/trust/clipset.pem").status_code in {200, 404}
    assert "BEGIN CERTIFICATE" not in server.stranger().get("/trust/clipset.pem").text
    assert not (server.data_dir / "tls").exists()


def test_keys_are_their_owners_alone(encrypted: Clipset) -> None:
    folder = encrypted.settings.host.data_path / "tls"
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert modes == dict.fromkeys(("ca.key", "ca.pem", "server.key", "server.pem"), 0o600)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_another_address_needs_no_restart(encrypted: Clipset, monkeypatch: pytest.MonkeyPatch) -> None:
    trust = _trust(encrypted)
    with httpx.Client(base_url=encrypted.local_address, verify=trust) as person:
        assert person.get("/health").status_code == 200
        with pytest.raises(ssl.SSLCertVerificationError):
            _shown(encrypted, trust, "10.11.12.13")
        https, known = encrypted._https, encrypted._presence.hosts
        assert https is not None
        monkeypatch.setattr(https, "_hosts", lambda: {*known(), "10.11.12.13"})
        https.renew()
        assert _shown(encrypted, trust, "10.11.12.13")
        assert person.get("/health").status_code == 200  # a connection that is open goes on


def test_renewed_in_time_and_only_then(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    certificates = Certificates(tmp_path, lambda: now)
    hosts = {"localhost", "192.168.1.5"}
    assert certificates.renew(hosts)
    authority = certificates.authority_pem()
    assert not certificates.renew(hosts)
    now += timedelta(days=366)
    assert not certificates.renew(hosts)
    now += timedelta(days=2)
    assert certificates.renew(hosts)
    assert certificates.authority_pem() == authority
    now += timedelta(days=3650 - 368 - 396)
    assert certificates.renew(hosts)
    assert (
        certificates.authority_pem() != authority
    )  # it would have ended before the next server's certificate


def test_a_broken_folder_is_said_in_words(tmp_path: Path, load_settings: Callable[..., Any]) -> None:
    loaded = load_settings(https=True)
    with Clipset(loaded):
        pass
    (loaded.host.data_path / "tls" / "ca.key").write_text("no key")
    with pytest.raises(CannotStart, match="Remove that folder"):
        Clipset(loaded)


def test_a_slow_handshake_holds_up_nobody(encrypted: Clipset) -> None:
    trust = _trust(encrypted)
    with contextlib.ExitStack() as stack:
        for start in (b"", b"\x16", b"\x16\x03\x01\x02\x00", b"\x16\x03\x01\x00\x05hello"):
            for _ in range(20):
                sock = stack.enter_context(
                    socket.create_connection(("127.0.0.1", encrypted.port), timeout=20)
                )
                sock.sendall(start)
        assert httpx.get(encrypted.local_address, verify=trust, timeout=20).status_code == 200


def test_large_answers_arrive_whole_however_slowly_they_are_read(
    encrypted: Clipset, media: Callable[[str], Path]
) -> None:
    trust = _trust(encrypted)
    connection = http.client.HTTPSConnection("127.0.0.1", encrypted.port, context=trust, timeout=60)
    connection.request("POST", "/api/auth/login", json.dumps(LOGIN), {"Content-Type": "application/json"})
    token = json.load(connection.getresponse())["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=encrypted.local_address, verify=trust, headers=headers, timeout=60) as person:
        with media("gr_a.mp4").open("rb") as file:
            video = person.post("/api/videos", files={"file": ("a.mp4", file)}).raise_for_status().json()
        address = f"/api/videos/{video['id']}"
        with person.stream("GET", "/api/events") as events:
            lines = events.iter_lines()
            while person.get(address).json()["status"] != "completed":
                next(lines)
        (path,) = encrypted.settings.host.videos_path.rglob("video.mp4")
        with path.open("ab") as out:
            out.write(os.urandom(12 << 20))
        expected = path.read_bytes()
        connection.request("GET", f"{address}/stream", headers=headers)
        answer = connection.getresponse()
        received = bytearray()
        while piece := answer.read(100_000):
            received += piece
        assert bytes(received) == expected
        part = person.get(f"{address}/stream", headers={"Range": "bytes=1000000-9999999"})
        assert (part.status_code, part.content) == (206, expected[1_000_000:10_000_000])
    connection.close()
