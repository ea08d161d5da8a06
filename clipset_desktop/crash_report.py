"""When something breaks that nobody expected: a report to read, copy and save. Nothing is ever sent anywhere."""

from __future__ import annotations

import faulthandler
import platform
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TextIO

import structlog
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout

from clipset_desktop.look.theme import Theme
from clipset_desktop.widgets.labels import Button, label
from clipset_desktop.words import tr
from server import __version__

_log = structlog.get_logger(__name__)


class CrashWatch(QObject):
    """Catches what no code of ours caught, on any thread, and logs it; `crashed` brings a report to the main thread."""

    crashed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._former = (sys.excepthook, threading.excepthook)
        self._told = False
        sys.excepthook = self._caught
        threading.excepthook = self._caught_in_thread

    def close(self) -> None:
        """Put the former hooks back."""
        sys.excepthook, threading.excepthook = self._former

    def _caught_in_thread(self, caught: threading.ExceptHookArgs) -> None:
        if caught.exc_value is not None:
            self._caught(caught.exc_type, caught.exc_value, caught.exc_traceback)

    def _caught(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._former[0](kind, error, trace)
            return
        _log.error("crashed", exc_info=(kind, error, trace))
        # one dialog is enough: what breaks again while it is open is in the log
        if not self._told:
            self._told = True
            self.crashed.emit(report("".join(traceback.format_exception(kind, error, trace))))


class LastBreath:
    """Lets Python write the stacks of all threads to a file when the process dies of a fault in a library.

    `left` is what the last process wrote before it died, or empty.
    """

    def __init__(self, file: Path) -> None:
        self.left = ""
        self._file: TextIO | None = None
        try:
            if file.exists():
                self.left = file.read_text(encoding="utf-8", errors="replace")
            self._file = file.open("w", encoding="utf-8")
        except OSError as error:
            _log.warning("no_crash_file", reason=str(error))
            return
        faulthandler.enable(self._file)

    def close(self) -> None:
        """The program ends as it should: nothing is left."""
        if self._file is not None:
            faulthandler.disable()
            self._file.close()
            self._file = None


def report(trace: str) -> str:
    """What somebody who mends it needs to know: versions, and where it broke. No names, no addresses."""
    system = f"{platform.system()} {platform.release()} {platform.machine()}"
    return f"Clipset {__version__}\nPython {platform.python_version()}\n{system}\n\n{trace}"


class CrashReport(QDialog):
    """The report, with a way on."""

    def __init__(self, theme: Theme, text: str, advice: str, save: Callable[[str], None]) -> None:
        super().__init__()
        self.setWindowTitle("Clipset")
        self.resize(620, 440)
        self.text = QPlainTextEdit(text)
        self.text.setReadOnly(True)
        self.text.setAccessibleName(tr("The report"))
        copy = Button(theme, tr("Copy"), "copy", name="copy")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(text))
        keep = Button(theme, tr("Save"), "download", name="save")
        keep.clicked.connect(lambda: save(text))
        close = Button(theme, tr("Close"), kind="primary", name="close")
        close.setDefault(True)
        close.clicked.connect(self.close)
        buttons = QHBoxLayout()
        for each in (copy, keep):
            buttons.addWidget(each)
        buttons.addStretch(1)
        buttons.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        column.addWidget(label(tr("Something broke inside Clipset"), "heading", wrap=True))
        column.addWidget(label(advice, "quiet", wrap=True))
        column.addWidget(self.text, 1)
        column.addLayout(buttons)
