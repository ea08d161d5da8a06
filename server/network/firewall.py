"""Whether this machine's own firewall is on and lets a port in, as far as that can be found out without rights."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgspec

_WAIT_S = 5.0
_UFW = Path("/etc/ufw/ufw.conf")
_MACOS = "/usr/libexec/ApplicationFirewall/socketfilterfw"


class Firewall(msgspec.Struct, frozen=True, kw_only=True):
    """A firewall that is on. `lets_in` is None where only an administrator may know; `command` opens the port."""

    name: str
    lets_in: bool | None
    command: str


def firewall(port: int) -> Firewall | None:
    """The firewall that may keep others from `port`, None where none was found. It is asked by starting a program."""
    if sys.platform == "win32":
        return windows(_said("netsh", "advfirewall", "show", "currentprofile", "state"), port)
    if sys.platform == "darwin":
        return macos(_said(_MACOS, "--getglobalstate"))
    state = _said("firewall-cmd", "--state")
    if state.strip() == "running":
        return firewalld(_said("firewall-cmd", f"--query-port={port}/tcp"), port)
    return ufw(_text(_UFW), port)


def windows(said: str, port: int) -> Firewall | None:
    """Of what `netsh` says. Its words are in Windows' language, but ON and OFF are not."""
    if "ON" not in said.split():
        return None
    command = f'netsh advfirewall firewall add rule name="Clipset" dir=in action=allow protocol=TCP localport={port}'
    return Firewall(name="Windows Defender Firewall", lets_in=None, command=command)


def macos(said: str) -> Firewall | None:
    """Of what `socketfilterfw` says. It asks the person at a program's first start."""
    if "enabled" not in said:
        return None
    return Firewall(name="the firewall of macOS", lets_in=None, command="")


def firewalld(said: str, port: int) -> Firewall:
    """Of what `firewall-cmd` says of a port, when it runs."""
    command = f"sudo firewall-cmd --permanent --add-port={port}/tcp && sudo firewall-cmd --reload"
    answer = {"yes": True, "no": False}.get(said.strip())
    return Firewall(name="firewalld", lets_in=answer, command=command)


def ufw(configuration: str, port: int) -> Firewall | None:
    """Of ufw's configuration; its rules are for root to read."""
    on = any(line.replace(" ", "").lower() == "enabled=yes" for line in configuration.splitlines())
    return Firewall(name="ufw", lets_in=None, command=f"sudo ufw allow {port}/tcp") if on else None


def _said(*command: str) -> str:
    """What a program of the system prints; nothing where it is missing or does not answer."""
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_WAIT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode(errors="replace")


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
