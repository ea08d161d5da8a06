"""What the window does for its person: language and look, start at login, notes, a quit that asks, a crash report."""

from __future__ import annotations

import faulthandler
import plistlib
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from clipset_desktop import crash_report, start_at_login, words
from clipset_desktop.crash_report import CrashWatch, LastBreath
from clipset_desktop.look.theme import Theme
from clipset_desktop.notifications import Notifications
from clipset_desktop.preferences import Preferences
from clipset_desktop.screen import what_quitting_stops
from clipset_desktop.start_at_login import AutostartFile, LaunchAgent
from clipset_desktop.state import Snapshot
from clipset_desktop.widgets import qr
from clipset_desktop.window import MainWindow
from server.events import ViewersChanged

_COMMAND = ["/srv/My Apps/clipset", "--data-dir", '/home/a/100% "mine" $HOME', start_at_login.IN_TRAY]


def test_they_are_remembered(tmp_path: Path) -> None:
    file = tmp_path / "window.ini"
    first = Preferences(file)
    assert (first.language, first.look, first.notifies, first.closes_to_tray) == (
        "system",
        "system",
        True,
        True,
    )
    heard: list[int] = []
    first.changed.connect(lambda: heard.append(1))
    first.language, first.look, first.notifies, first.closes_to_tray = "de", "dark", False, False
    assert len(heard) == 4
    first._store.sync()
    second = Preferences(file)
    assert (second.language, second.look, second.notifies, second.closes_to_tray) == (
        "de",
        "dark",
        False,
        False,
    )
    file.write_text("[General]\nlanguage=xx\nlook=purple\ngeometry=nonsense\n", encoding="utf-8")
    spoiled = Preferences(file)
    assert (spoiled.language, spoiled.look, spoiled.place) == ("system", "system", None)


# --- start at login --------------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="a shell takes the command apart")
def test_the_autostart_entry(tmp_path: Path) -> None:
    entry = AutostartFile(tmp_path / "autostart")
    assert not entry.is_on()
    entry.turn_on(_COMMAND)
    assert entry.is_on()
    lines = (tmp_path / "autostart" / "clipset.desktop").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "[Desktop Entry]"
    value = next(line.removeprefix("Exec=") for line in lines if line.startswith("Exec="))
    # the rules of the Exec key: the value's own escapes, then double quotes as a shell has them, then %%
    unescaped = value.replace("\\\\", "\\")
    said = subprocess.run(
        ["sh", "-c", f"printf '%s\\n' {unescaped}"], capture_output=True, text=True, check=True
    )
    assert said.stdout.replace("%%", "%").splitlines() == _COMMAND
    entry.turn_off()
    entry.turn_off()
    assert not entry.is_on()


def test_an_entry_that_the_desktop_switched_off(tmp_path: Path) -> None:
    entry = AutostartFile(tmp_path)
    entry.turn_on(_COMMAND)
    file = tmp_path / "clipset.desktop"
    file.write_text(file.read_text(encoding="utf-8") + "Hidden=true\n", encoding="utf-8")
    assert not entry.is_on()


def test_the_launch_agent(tmp_path: Path) -> None:
    agent = LaunchAgent(tmp_path)
    agent.turn_on(_COMMAND)
    assert agent.is_on()
    (file,) = tmp_path.iterdir()
    kept = plistlib.loads(file.read_bytes())
    assert kept["ProgramArguments"] == _COMMAND
    assert kept["RunAtLoad"] is True
    assert file.stem == kept["Label"]
    agent.turn_off()
    assert not agent.is_on()


def test_the_command_is_one_that_starts_this_program(tmp_path: Path) -> None:
    command = start_at_login.command(tmp_path)
    assert command[0] == sys.executable
    assert command[-3:] == ["--data-dir", str(tmp_path), start_at_login.IN_TRAY]


@pytest.mark.skipif(sys.platform != "linux", reason="writes an autostart file")
def test_it_is_switched_on_in_the_settings(
    window: MainWindow, hand: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    settings: Any = window.pages["settings"]
    part = settings.window_settings
    part._entry = start_at_login.entry()
    window.show_page("settings")
    part.at_login.click()
    file = tmp_path / "config" / "autostart" / "clipset.desktop"
    hand.until(file.exists)
    part.at_login.click()
    hand.until(lambda: not file.exists())
    (tmp_path / "config" / "autostart").rmdir()
    (tmp_path / "config" / "autostart").touch()
    part.at_login.click()
    hand.until(settings.notice.isVisible)
    assert "does not let Clipset change that" in settings.notice.text.text()


# --- the look, live --------------------------------------------------------------------------------------------


def test_the_look_changes_at_once(theme: Theme) -> None:
    assert theme.scheme == "light"
    theme.want("dark")
    assert theme.scheme == "dark"
    theme.want("light")
    assert theme.scheme == "light"


# --- notes -----------------------------------------------------------------------------------------------------


def test_failures_and_an_empty_queue_are_told(
    ctx: Any, server: Any, media: Callable[[str], Path], hand: SimpleNamespace
) -> None:
    told: list[tuple[str, str, bool]] = []
    owner = QObject()
    Notifications(ctx.core, ctx.background, ctx.bridge, lambda *note: told.append(note), owner)
    server.admin.upload(media("mp4p_metadata.mp4"), title="Fine")
    hand.until(lambda: ("The queue is empty", "1 video is ready to watch.", False) in told)
    server.admin.upload(media("gen_truncated_moov_missing.mp4"), title="Cut short")
    hand.until(lambda: any(bad for *_, bad in told))
    heading, reason, _ = next(note for note in told if note[2])
    assert heading == "Cut short could not be made ready"
    assert reason.endswith(".")


# --- quitting --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("viewers", "running", "queued", "sentence"),
    [
        (0, 0, 0, ""),
        (1, 0, 0, "1 person is watching."),
        (0, 1, 1, "2 videos are not ready yet; they go on at the next start."),
        (
            3,
            0,
            1,
            "3 people are watching. 1 video is not ready yet; it goes on at the next start.",
        ),
    ],
)
def test_what_quitting_stops(viewers: int, running: int, queued: int, sentence: str) -> None:
    stats: Any = SimpleNamespace(jobs_running=running, jobs_queued=queued)
    state: Any = SimpleNamespace(now=Snapshot(viewers_now=viewers, stats=stats))
    assert what_quitting_stops(state) == sentence


def test_quitting_asks_while_somebody_watches(
    launch: Callable[..., Any], hand: SimpleNamespace, qtbot: Any
) -> None:
    host = launch()
    hand.until(lambda: host.window is not None)
    codes: list[int] = []
    host.ended.connect(codes.append)
    host.core.events.publish(ViewersChanged(viewers_now=2))
    hand.until(lambda: host.window.rail.viewers.text() == "2 people watching")
    host.window.quit_asked.emit()
    question = hand.question()
    hand.press(question, "cancel")
    hand.until(lambda: not question.isVisible())
    assert not codes
    host.tray.quit_asked.emit()
    hand.until(lambda: hand.question() is not question)
    hand.answer("quit")
    hand.until(lambda: codes == [0])


def test_another_language_is_spoken_at_once(launch: Callable[..., Any], hand: SimpleNamespace) -> None:
    host = launch()
    hand.until(lambda: host.window is not None)
    host.window.show_page("settings")
    before = host.window
    try:
        host.window.pages["settings"].window_settings.language.setCurrentIndex(2)
        host.window.pages["settings"].window_settings.language.activated.emit(2)
        hand.until(lambda: host.window is not before)
        assert host.window.page_shown == "settings"
        assert host.window.pages["settings"].title.text() == "Einstellungen"
        assert host.window.isVisible()
    finally:
        words.speak("en")


# --- what breaks -----------------------------------------------------------------------------------------------


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Iterator[CrashWatch]:
    """Hears what nobody catches; the hooks of the tests are put back."""
    watch = CrashWatch()
    yield watch
    watch.close()


def test_what_nobody_catches_becomes_a_report(
    watch: CrashWatch, hand: SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    reports: list[str] = []
    watch.crashed.connect(reports.append)
    try:
        raise ZeroDivisionError("the tap ran dry")
    except ZeroDivisionError as error:
        caught = (type(error), error, error.__traceback__)
    caller = threading.Thread(target=lambda: sys.excepthook(*caught))
    caller.start()
    caller.join()
    sys.excepthook(*caught)
    hand.until(lambda: bool(reports))
    assert len(reports) == 1
    assert "ZeroDivisionError: the tap ran dry" in reports[0]
    assert reports[0].startswith("Clipset ")


def test_an_error_while_something_is_painted_becomes_a_report_too(
    watch: CrashWatch, hand: SimpleNamespace, qtbot: Any, qtlog: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error keeps its frames, and in them the painter: one that is still at work then can end the process."""

    def paint(*_: object) -> None:
        raise ZeroDivisionError("no ink")

    reports: list[str] = []
    watch.crashed.connect(reports.append)
    monkeypatch.setattr(qr.QrCode, "_draw", paint)
    code = qr.QrCode()
    qtbot.addWidget(code)
    code.set_text("http://clipset.local")
    code.show()
    hand.until(lambda: bool(reports))
    assert "ZeroDivisionError: no ink" in reports[0]
    assert [each.message for each in qtlog.records if "active painter" in each.message] == []


def test_the_report_can_be_copied_and_saved(
    launch: Callable[..., Any], hand: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    opened: list[object] = []
    monkeypatch.setattr("PySide6.QtGui.QDesktopServices.openUrl", opened.append)
    host = launch()
    hand.until(lambda: host.window is not None)
    host.show_crash(crash_report.report("Traceback: here"))
    hand.press(host.crash, "copy")
    assert QGuiApplication.clipboard().text().endswith("Traceback: here")
    hand.press(host.crash, "save")
    hand.until(lambda: bool(opened))
    saved = host.core.settings.host.data_path / "logs" / "crash-report.txt"
    assert saved.read_text(encoding="utf-8").endswith("Traceback: here")


def test_what_the_last_process_left_is_shown_once(tmp_path: Path) -> None:
    was_on = faulthandler.is_enabled()
    try:
        file = tmp_path / "crash.txt"
        file.write_text("Fatal Python error: Segmentation fault\n", encoding="utf-8")
        first = LastBreath(file)
        assert first.left.startswith("Fatal Python error")
        first.close()
        second = LastBreath(file)
        assert second.left == ""
        second.close()
        assert LastBreath(tmp_path / "missing" / "crash.txt").left == ""
    finally:
        if was_on:
            faulthandler.enable(sys.__stderr__)
