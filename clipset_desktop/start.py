"""Starts the application: one for each data folder, with its log, its look and its ways of being stopped."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtWidgets import QApplication

from clipset_desktop import words
from clipset_desktop.app import PREFERENCES_FILE, DesktopHost
from clipset_desktop.crash_report import CrashWatch, LastBreath
from clipset_desktop.look.theme import Theme
from clipset_desktop.look.tokens import shipped
from clipset_desktop.preferences import Preferences
from clipset_desktop.single_instance import SingleInstance
from clipset_desktop.stop_signals import StopSignals
from server import __version__, logs
from server.recent_log import RecentLog
from server.settings import Settings


def run(settings: Settings, *, in_tray: bool = False) -> int:
    """Show the window until the person quits or a signal comes. Returns the exit code."""
    app = QApplication(sys.argv[:1])
    preferences = Preferences(settings.host.data_path / PREFERENCES_FILE, app)
    words.speak(preferences.language)
    app.setApplicationName("Clipset")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("clipset")
    app.setQuitOnLastWindowClosed(False)
    instance = SingleInstance(settings.host.data_path, app)
    if not instance.is_first():
        return 0
    recent = RecentLog()
    _log_to(settings.host.data_path / "logs", recent)
    breath = LastBreath(settings.host.data_path / "logs" / "crash.txt")
    theme = Theme(shipped(), preferences.look, app)
    theme.apply(app)
    app.setWindowIcon(theme.app_icon)
    signals = StopSignals(app)
    host = DesktopHost(settings, theme, app, recent=recent, preferences=preferences, in_tray=in_tray)
    watch = CrashWatch(app)
    watch.crashed.connect(host.show_crash)
    host.ended.connect(app.exit)
    signals.received.connect(host.quit)
    instance.asked_forward.connect(host.bring_forward)
    if breath.left:
        host.show_last_breath(breath.left)
    host.start()
    code = app.exec()
    watch.close()
    breath.close()
    signals.close()
    instance.close()
    return code


def _log_to(folder: Path, recent: RecentLog) -> None:
    try:
        logs.set_up(folder, recent)
    except OSError:
        # the core, which comes next, says in a sentence that the folder cannot be written
        logs.set_up(None, recent)
