"""Addresses as a browser takes them."""

from __future__ import annotations


def url(scheme: str, host: str, port: int) -> str:
    """`scheme://host:port`; an IPv6 address goes into brackets (RFC 3986 section 3.2.2)."""
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"
