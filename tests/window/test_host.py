"""The desktop host from its start to its end: wizard, window, quit, and what may go wrong on the way."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from clipset_desktop import display
from clipset_desktop.app import DesktopHost
from clipset_desktop.look.theme import Theme
from clipset_desktop.single_instance import SingleInstance
from clipset_desktop.wizard import Wizard
from server import settings
from server.composition import Clipset

PASSWORD = "correct horse battery"
_NO_ADMIN = {f"initial_admin_{key}": "" for key in ("email", "username", "password")}


@pytest.fixture
def wizard(launch: Callable[..., DesktopHost], hand: SimpleNamespace) -> Any:
    """The wizard of a first start, with the account filled in."""
    host = launch(**_NO_ADMIN)
    hand.until(lambda: host.wizard is not None)
    wizard: Any = host.wizard
    wizard.host = host
    _fill_in(wizard)
    return wizard


@pytest.fixture
def form(load_settings: Callable[..., settings.Settings], theme: Theme, qtbot: Any) -> Any:
    """The wizard without a host behind it, with the account filled in."""
    form: Any = Wizard(theme, load_settings(**_NO_ADMIN))
    qtbot.addWidget(form)
    form.show()
    _fill_in(form)
    return form


def _fill_in(wizard: Any) -> None:
    wizard.email.setText("robin@example.org")
    wizard.username.setText("robin")
    wizard.password.setText(PASSWORD)
    wizard.again.setText(PASSWORD)


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port that somebody else listens on."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_first_start(wizard: Any, hand: SimpleNamespace, tmp_path: Path) -> None:
    host: DesktopHost = wizard.host
    wizard.server_name.setText("Meadow Lane")
    wizard.folder.setText(str(tmp_path / "films"))
    wizard.next.click()
    wizard.next.click()
    hand.until(lambda: host.window is not None)
    assert host.window is not None and host.core is not None
    window = host.window
    hand.until(lambda: window.windowTitle() == "Meadow Lane – Clipset")
    assert host.wizard is None
    assert host.core.settings.host.videos_path == tmp_path / "films"
    assert [user.username for user in host.core.people.list().items] == ["robin"]
    again = settings.load({"data_dir": str(tmp_path / "data")}, environment={})
    assert again.host.videos_path == tmp_path / "films"


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("email", "", "Enter your e-mail address."),
        ("username", " ", "Enter a name."),
        ("password", "", "Choose a password."),
        ("again", "something else", "The two passwords differ."),
    ],
)
def test_an_account_that_is_not_complete(field: str, text: str, sentence: str, form: Any) -> None:
    form.next.click()
    getattr(form, field).setText(text)
    form.next.click()
    assert form._fields[field].wrong == sentence
    assert form.next.isEnabled()


def test_what_the_server_refuses_is_said_at_the_field(wizard: Any, hand: SimpleNamespace) -> None:
    wizard.password.setText("short")
    wizard.again.setText("short")
    wizard.next.click()
    wizard.next.click()
    hand.until(lambda: bool(wizard._fields["password"].wrong))
    assert wizard._fields["password"].wrong == "The password is too short: at least 8 characters."
    wizard.password.setText(PASSWORD)
    wizard.again.setText(PASSWORD)
    wizard.next.click()
    hand.until(lambda: wizard.host.window is not None)


@pytest.mark.parametrize("text", ["", "a", "-1", "65536", "80.5"])
def test_a_port_is_judged_as_it_is_typed(text: str, form: Any, qtbot: Any) -> None:
    form.port.clear()
    qtbot.keyClicks(form.port, text or "x")
    assert form._fields["port"].wrong == "Enter a whole number from 0 to 65535."
    form.next.click()
    assert form._steps.currentIndex() == 0


def test_another_port_can_be_chosen_when_one_is_taken(
    wizard: Any, hand: SimpleNamespace, taken_port: int
) -> None:
    wizard.port.setText(str(taken_port))
    wizard.next.click()
    wizard.next.click()
    hand.until(wizard.notice.isVisible)
    assert str(taken_port) in wizard.notice.text.text()
    wizard.back.click()
    wizard.port.setText("0")
    wizard.next.click()
    wizard.next.click()
    hand.until(lambda: wizard.host.window is not None)


def test_closing_the_wizard_ends_the_program(
    launch: Callable[..., DesktopHost], hand: SimpleNamespace, tmp_path: Path
) -> None:
    host = launch(**_NO_ADMIN)
    hand.until(lambda: host.wizard is not None)
    codes: list[int] = []
    host.ended.connect(codes.append)
    assert host.wizard is not None
    host.wizard.close()
    hand.until(lambda: codes == [0])


def test_a_taken_port_is_said_and_can_be_tried_again(
    launch: Callable[..., DesktopHost], hand: SimpleNamespace
) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        host = launch(port=port)
        hand.until(lambda: host.failure is not None)
        failure = host.failure
        assert failure is not None
        assert str(port) in failure.sentence.text()
    hand.press(failure, "again")
    hand.until(lambda: host.window is not None)


def test_a_folder_that_another_server_has(
    launch: Callable[..., DesktopHost], hand: SimpleNamespace, server: Any
) -> None:
    host = launch()
    hand.until(lambda: host.failure is not None)
    assert host.failure is not None
    assert "Another Clipset is running" in host.failure.sentence.text()
    codes: list[int] = []
    host.ended.connect(codes.append)
    hand.press(host.failure, "quit")
    hand.until(lambda: codes == [1])


def test_quitting_while_it_starts_leaves_nothing_behind(
    launch: Callable[..., DesktopHost], hand: SimpleNamespace, load_settings: Any
) -> None:
    host = launch()
    codes: list[int] = []
    host.ended.connect(codes.append)
    host.quit()
    hand.until(lambda: codes == [0])
    # the lock on the data folder is free again
    Clipset(load_settings()).stop()


def test_closing_the_window_without_a_tray_ends_the_program(
    launch: Callable[..., DesktopHost], hand: SimpleNamespace
) -> None:
    host = launch()
    hand.until(lambda: host.window is not None)
    assert host.window is not None and host.tray is not None
    host.tray.is_there = False
    codes: list[int] = []
    host.ended.connect(codes.append)
    host.window.close()
    hand.until(lambda: codes == [0])


def test_closing_the_window_with_a_tray_hides_it(
    launch: Callable[..., DesktopHost], hand: SimpleNamespace
) -> None:
    host = launch()
    hand.until(lambda: host.window is not None)
    assert host.window is not None and host.tray is not None
    host.tray.is_there = True
    host.window.close()
    assert not host.window.isVisible()
    host.tray.opened.emit()
    assert host.window.isVisible()


def test_a_second_start_brings_the_first_forward(tmp_path: Path, qtbot: Any) -> None:
    first, second = SingleInstance(tmp_path), SingleInstance(tmp_path)
    elsewhere = SingleInstance(tmp_path / "other")
    assert first.is_first()
    with qtbot.waitSignal(first.asked_forward):
        assert not second.is_first()
    assert elsewhere.is_first()
    first.close()
    elsewhere.close()
    assert second.is_first()
    second.close()


def test_no_display_is_found_out_without_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert not display.available()
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert display.available()
    monkeypatch.setenv("QT_QPA_PLATFORM", "no_such_platform")
    assert not display.available()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM to send")
def test_the_program_starts_says_so_and_stops(tmp_path: Path) -> None:
    environment = os.environ | {
        "QT_QPA_PLATFORM": "offscreen",
        "CLIPSET_INITIAL_ADMIN_EMAIL": "robin@example.org",
        "CLIPSET_INITIAL_ADMIN_USERNAME": "robin",
        "CLIPSET_INITIAL_ADMIN_PASSWORD": PASSWORD,
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    command = [
        sys.executable,
        "-m",
        "clipset_desktop.main",
        "--data-dir",
        str(tmp_path),
        "--host",
        "127.0.0.1",
    ]
    first = subprocess.Popen(
        [*command, "--port", "0"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert first.stdout is not None
    ready = first.stdout.readline()
    assert ready.startswith("Clipset is ready at http://127.0.0.1:"), (ready, first.poll())
    second = subprocess.run([*command, "--port", "0"], env=environment, timeout=60, check=False)
    assert second.returncode == 0
    first.send_signal(signal.SIGTERM)
    _, errors = first.communicate(timeout=60)
    assert first.returncode == 0, errors
    assert "Traceback" not in errors
