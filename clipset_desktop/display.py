"""Whether a window can be shown. Qt aborts the process where it cannot, so a child process tries first."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

#: Long enough for a slow disk; a display that hangs counts as none.
_WAIT_S = 20
_TRIAL = "from PySide6.QtGui import QGuiApplication; QGuiApplication([])"


def available(meanwhile: Callable[[], object] = lambda: None) -> bool:
    """True when Qt starts here with its platform plugin. Answers at once where there is plainly no display.

    The child takes its time; `meanwhile` is called while it tries.
    """
    if not _may_have_display():
        return False
    command = [sys.executable, *([TRY_DISPLAY] if getattr(sys, "frozen", False) else ["-c", _TRIAL])]
    try:
        child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
    except OSError:
        return False
    with child:
        try:
            meanwhile()
            return child.wait(_WAIT_S) == 0
        except subprocess.TimeoutExpired:
            return False
        finally:
            child.kill()


#: The argument with which a frozen program is asked to be the child that tries.
TRY_DISPLAY = "--try-display"


def try_display() -> None:
    """Be the child: start Qt, or be aborted by it."""
    from PySide6.QtGui import QGuiApplication

    QGuiApplication([])


def _may_have_display() -> bool:
    if sys.platform in ("win32", "darwin"):
        return True
    chosen = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return any(os.environ.get(name) for name in chosen)
