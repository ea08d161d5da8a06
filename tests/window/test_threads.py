"""The one way off the GUI thread, and the one way back for events."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from clipset_desktop.background import Background
from clipset_desktop.bridge import EventBridge, Loader, Throttle
from server.errors import ClipsetError, NotFound
from server.events import ConfigChanged, EventBus


@pytest.fixture
def owner(qapp: QApplication) -> QObject:
    """Somebody who asks."""
    return QObject()


def test_work_is_elsewhere_and_its_end_is_here(
    background: Background, owner: QObject, hand: SimpleNamespace
) -> None:
    where: dict[str, threading.Thread] = {}

    def work() -> str:
        where["work"] = threading.current_thread()
        return "done"

    def done(result: str) -> None:
        where[result] = threading.current_thread()

    background.run(owner, work, done)
    hand.until(lambda: "done" in where)
    assert where["done"] is threading.main_thread()
    assert where["work"] is not threading.main_thread()


def test_errors_are_sentences(
    background: Background, owner: QObject, hand: SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    heard: list[ClipsetError] = []

    def expected() -> None:
        raise NotFound("There is no such person.")

    def unexpected() -> None:
        raise ZeroDivisionError("a secret of the program's")

    for work in (expected, unexpected):
        background.run(owner, work, None, heard.append)
    hand.until(lambda: len(heard) == 2)
    sentences = {error.sentence for error in heard}
    assert sentences == {
        "There is no such person.",
        "Something went wrong inside Clipset. Try again; the log says more.",
    }


def test_nobody_is_called_back_who_is_gone(background: Background, qtbot: Any, hand: SimpleNamespace) -> None:
    called: list[str] = []
    gate = threading.Event()
    gone, stays = QObject(), QObject()
    background.run(gone, gate.wait, lambda _: called.append("gone"))
    with qtbot.waitSignal(gone.destroyed):
        gone.deleteLater()
    gate.set()
    background.run(stays, lambda: None, lambda _: called.append("stays"))
    hand.until(lambda: bool(called))
    background.finish()
    QApplication.processEvents()
    assert called == ["stays"]


def test_the_last_call_waits_for_the_others_and_no_more_come(
    background: Background, owner: QObject, hand: SimpleNamespace
) -> None:
    order: list[str] = []
    gate = threading.Event()

    def first() -> None:
        gate.wait()
        order.append("first")

    background.run(owner, first)
    background.run_last(owner, lambda: order.append("last"), lambda _: order.append("ended"))
    background.run(owner, lambda: order.append("too late"))
    gate.set()
    hand.until(lambda: "ended" in order)
    assert order == ["first", "last", "ended"]


def test_events_arrive_on_the_main_thread_until_the_bridge_is_closed(qtbot: Any, owner: QObject) -> None:
    bus = EventBus()
    bridge = EventBridge(bus, owner)
    threads: list[threading.Thread] = []

    class Hearer(QObject):
        def hear(self, _event: object) -> None:
            threads.append(threading.current_thread())

    hearer = Hearer()
    bridge.happened.connect(hearer.hear)
    bus.start()
    with qtbot.waitSignal(bridge.happened):
        bus.publish(ConfigChanged())
    qtbot.waitUntil(lambda: bool(threads))
    assert threads == [threading.main_thread()]
    bridge.close()
    bus.publish(ConfigChanged())
    bus.stop()
    QApplication.processEvents()
    assert len(threads) == 1


def test_a_throttle_always_delivers_the_last_value(qtbot: Any, owner: QObject) -> None:
    heard: list[tuple[str, int]] = []
    throttle = Throttle(20, heard.append, owner)
    for at in range(100):
        throttle.put("a", ("a", at))
        throttle.put("b", ("b", at))
    qtbot.waitUntil(lambda: ("a", 99) in heard and ("b", 99) in heard)
    assert heard[0] == ("a", 0)
    assert len(heard) < 10


def test_a_loader_has_one_request_under_way(qtbot: Any, owner: QObject) -> None:
    pending: list[tuple[Callable[[Any], None], Callable[[ClipsetError], None]]] = []
    shown: list[object] = []

    def run(_fetch: object, on_done: Callable[[Any], None], on_error: Callable[[ClipsetError], None]) -> None:
        pending.append((on_done, on_error))

    loader = Loader(run, lambda: None, shown.append, shown.append, owner, interval_ms=0)
    for _ in range(5):
        loader.ask()
        QApplication.processEvents()
    assert len(pending) == 1
    pending[0][0]("first")
    qtbot.waitUntil(lambda: len(pending) == 2)
    refusal = NotFound("It is gone.")
    pending[1][1](refusal)
    QApplication.processEvents()
    assert len(pending) == 2
    assert shown == ["first", refusal]
    loader.ask()
    qtbot.waitUntil(lambda: len(pending) == 3)


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="True and None cannot run out there")
def test_qt_takes_no_reference_that_is_not_its_own(qtbot: Any, owner: QObject) -> None:
    class Sender(QObject):
        sent = Signal(bool)

    sender = Sender(owner)
    before = [sys.getrefcount(each) for each in (True, False, None)]
    for _ in range(300):
        sender.sent.emit(True)
        sender.blockSignals(False)
        sender.setObjectName("")
    lost = [then - sys.getrefcount(each) for then, each in zip(before, (True, False, None), strict=True)]
    assert max(lost) < 100, "PySide6 6.12.0 did this; the process dies when nothing is left"
