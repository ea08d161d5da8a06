"""The server's own certificate authority and the certificate it shows: made, kept private, renewed in time.

    DATA_DIR/tls/ca.key, ca.pem        the authority; devices are told to trust ca.pem
    DATA_DIR/tls/server.key, server.pem    what the listener shows

The authority may vouch for private addresses and local names alone (RFC 5280 section 4.2.1.10): who got hold of its key
could not pretend to be any site on the internet to the devices that trust it.
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import socket
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import structlog
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from server.errors import CannotStart
from server.values.clock import Clock

_log = structlog.get_logger(__name__)

_AUTHORITY_LASTS = timedelta(days=3650)
_SERVER_LASTS = timedelta(days=397)
"""Apple's systems take at most 825 days from an authority that people have added themselves, and 398 from others."""
_RENEW_BEFORE = timedelta(days=30)
_SKEW = timedelta(days=1)
"""Clocks of phones differ."""

_NETWORKS = tuple(
    map(
        ipaddress.ip_network,
        (
            *(
                "10.0.0.0/8",
                "172.16.0.0/12",
                "192.168.0.0/16",
                "127.0.0.0/8",
                "169.254.0.0/16",
                "100.64.0.0/10",
            ),
            *("::1/128", "fc00::/7", "fe80::/10"),
        ),
    )
)
"""Private addresses: RFC 1918, RFC 6598, RFC 4193, loopback and link-local."""
_DOMAINS = ("localhost", "local", "lan", "home", "home.arpa", "internal", "fritz.box")


class Certificates:
    """The files of a data folder. One thread at a time may renew; reading is free."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock
        self.server_path = folder / "server.pem"
        self.server_key_path = folder / "server.key"
        self.authority_path = folder / "ca.pem"
        self._authority_key_path = folder / "ca.key"

    @property
    def authority(self) -> x509.Certificate:
        """The authority's certificate."""
        return x509.load_pem_x509_certificate(self.authority_path.read_bytes())

    def authority_pem(self) -> bytes:
        """What desktops and Firefox take."""
        return self.authority_path.read_bytes()

    def authority_der(self) -> bytes:
        """What phones take."""
        return self.authority.public_bytes(serialization.Encoding.DER)

    def fingerprint(self) -> str:
        """SHA-256 of the authority's certificate, in the pairs that systems show."""
        return self.authority.fingerprint(hashes.SHA256()).hex(":").upper()

    def renew(self, hosts: Iterable[str]) -> bool:
        """Make what is missing, what is about to end, and a certificate for other `hosts` than it is for.

        Whether the server's certificate is a new one. Raises `CannotStart` when the files cannot be written or read.
        """
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            key, authority = self._load_or_make_authority()
            names = _names(hosts, authority)
            if self._still_good(authority, names):
                return False
            self._make_server(key, authority, names)
        except (OSError, ValueError) as error:
            raise CannotStart(
                f"The certificates in {self._folder} cannot be used ({error}). Remove that folder to have new ones "
                "made; devices then have to trust the new authority."
            ) from error
        _log.info("certificate_made", hosts=[str(name.value) for name in names])
        return True

    def _load_or_make_authority(self) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
        if self.authority_path.exists():
            key = serialization.load_pem_private_key(self._authority_key_path.read_bytes(), None)
            authority = self.authority
            if not isinstance(key, ec.EllipticCurvePrivateKey):
                raise ValueError("ca.key holds a key of another kind")
            if authority.not_valid_after_utc - self._clock() > _SERVER_LASTS:
                return key, authority
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Clipset on {_own_name()}"[:64])])
        now = self._clock()
        authority = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - _SKEW)
            .not_valid_after(now + _AUTHORITY_LASTS)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(signs_certificates=True), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.NameConstraints(_permitted(), None), critical=True)
            .sign(key, hashes.SHA256())
        )
        # the key first: a certificate without its key would be of no use, and nobody could make another one
        _write(self._authority_key_path, _private_pem(key))
        _write(self.authority_path, authority.public_bytes(serialization.Encoding.PEM))
        return key, authority

    def _still_good(self, authority: x509.Certificate, names: list[x509.GeneralName]) -> bool:
        if not (self.server_path.exists() and self.server_key_path.exists()):
            return False
        shown = x509.load_pem_x509_certificate(self.server_path.read_bytes())
        own = shown.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        try:
            shown.verify_directly_issued_by(authority)
        except Exception:  # of several kinds, and all of them mean: another authority's
            return False
        return set(own) == set(names) and shown.not_valid_after_utc - self._clock() > _RENEW_BEFORE

    def _make_server(
        self, key: ec.EllipticCurvePrivateKey, authority: x509.Certificate, names: list[x509.GeneralName]
    ) -> None:
        own = ec.generate_private_key(ec.SECP256R1())
        now = self._clock()
        shown = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Clipset")]))
            .issuer_name(authority.subject)
            .public_key(own.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - _SKEW)
            .not_valid_after(now + _SERVER_LASTS)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(own.public_key()), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False
            )
            .sign(key, hashes.SHA256())
        )
        _write(self.server_key_path, _private_pem(own))
        _write(self.server_path, shown.public_bytes(serialization.Encoding.PEM))


def _names(hosts: Iterable[str], authority: x509.Certificate) -> list[x509.GeneralName]:
    """What the certificate is for: of `hosts`, what the authority may vouch for."""
    permitted = (
        authority.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or []
    )
    domains = [each.value for each in permitted if isinstance(each, x509.DNSName)]
    networks = [ipaddress.ip_network(each.value) for each in permitted if isinstance(each, x509.IPAddress)]
    found: list[x509.GeneralName] = []
    for host in sorted({host.lower().rstrip(".") for host in hosts}):
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            if host.isascii() and any(host == each or host.endswith(f".{each}") for each in domains):
                found.append(x509.DNSName(host))
            continue
        if any(address in each for each in networks):
            found.append(x509.IPAddress(address))
    return found


def _permitted() -> list[x509.GeneralName]:
    domains = [*_DOMAINS, *({_own_name()} - {*_DOMAINS})]
    return [*map(x509.DNSName, domains), *map(x509.IPAddress, _NETWORKS)]


def _own_name() -> str:
    """This machine's name, where it can stand in a certificate."""
    name = socket.gethostname().lower().rstrip(".")
    return name if name.isascii() and name.replace("-", "").replace(".", "").isalnum() else "localhost"


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _private_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(path: Path, content: bytes) -> None:
    """Put a file in place whole, readable for its owner alone."""
    staged = path.with_suffix(".new")
    with contextlib.suppress(FileNotFoundError):
        staged.unlink()
    descriptor = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    staged.replace(path)
