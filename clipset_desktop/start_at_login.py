"""Start with the person's session: an autostart entry on Linux, a launch agent on macOS, a Run value on Windows.

Touches files or the registry, so it is called off the GUI thread. Nothing here needs an administrator.
"""

from __future__ import annotations

import os
import plistlib
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

#: What the entry starts Clipset with: the window stays in the tray.
IN_TRAY = "--in-tray"
_LABEL = "org.clipset.Clipset"
_RUN_KEY = r"Software\Microsoft\Windows\CurrentVersion\Run"


class Entry(Protocol):
    """Where a system keeps what it starts at login."""

    def is_on(self) -> bool:
        """Whether there is an entry of ours."""

    def turn_on(self, command: Sequence[str]) -> None:
        """Write it. Raises `OSError`."""

    def turn_off(self) -> None:
        """Remove it; harmless when there is none. Raises `OSError`."""


def command(data_path: Path) -> list[str]:
    """How to start this Clipset again, on the same data folder."""
    program = (
        [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "clipset_desktop.main"]
    )
    return [*program, "--data-dir", str(data_path), IN_TRAY]


def entry() -> Entry:
    """The one of this system."""
    if sys.platform == "win32":
        return RunValue()
    if sys.platform == "darwin":
        return LaunchAgent(Path.home() / "Library" / "LaunchAgents")
    config = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return AutostartFile(Path(config) / "autostart")


class AutostartFile:
    """Freedesktop's Desktop Application Autostart Specification 0.5."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "clipset.desktop"

    def is_on(self) -> bool:
        """The file is there and not switched off by the desktop's own settings."""
        try:
            lines = self._file.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return False
        return "Hidden=true" not in lines and "X-GNOME-Autostart-enabled=false" not in lines

    def turn_on(self, command: Sequence[str]) -> None:
        """Write the file."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        lines = (
            "[Desktop Entry]",
            "Type=Application",
            "Version=1.0",
            "Name=Clipset",
            "Comment=A private video server",
            f"Exec={' '.join(map(_quoted, command))}",
            "Terminal=false",
        )
        self._file.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def turn_off(self) -> None:
        """Remove the file."""
        self._file.unlink(missing_ok=True)


class LaunchAgent:
    """A property list that launchd reads at login (launchd.plist(5))."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / f"{_LABEL}.plist"

    def is_on(self) -> bool:
        """The file is there."""
        return self._file.exists()

    def turn_on(self, command: Sequence[str]) -> None:
        """Write the file."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        agent = {
            "Label": _LABEL,
            "ProgramArguments": list(command),
            "RunAtLoad": True,
            "ProcessType": "Interactive",
        }
        self._file.write_bytes(plistlib.dumps(agent))

    def turn_off(self) -> None:
        """Remove the file."""
        self._file.unlink(missing_ok=True)


if sys.platform == "win32":
    import winreg

    class RunValue:
        """A value of the person's own Run key."""

        def is_on(self) -> bool:
            """The value is there."""
            try:
                with winreg.OpenKey(winreg.HKEY_CURRENT_USER, _RUN_KEY) as key:
                    winreg.QueryValueEx(key, "Clipset")
            except FileNotFoundError:
                return False
            return True

        def turn_on(self, command: Sequence[str]) -> None:
            """Write the value."""
            with winreg.CreateKey(winreg.HKEY_CURRENT_USER, _RUN_KEY) as key:
                winreg.SetValueEx(key, "Clipset", 0, winreg.REG_SZ, subprocess.list2cmdline(command))

        def turn_off(self) -> None:
            """Remove the value."""
            try:
                with winreg.OpenKey(winreg.HKEY_CURRENT_USER, _RUN_KEY, 0, winreg.KEY_SET_VALUE) as key:
                    winreg.DeleteValue(key, "Clipset")
            except FileNotFoundError:
                return


def _quoted(word: str) -> str:
    """As the Exec key wants it: in double quotes, `%` doubled (Desktop Entry Specification 1.5, section 7)."""
    escaped = word.replace("%", "%%")
    if shlex.quote(word) == word:
        return escaped
    for char in '\\"`$':
        escaped = escaped.replace(char, "\\" + char)
    # the value of a key is unescaped once more
    return '"' + escaped.replace("\\", "\\\\") + '"'
