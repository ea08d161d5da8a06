"""What is thrown away while the window is open goes on the GUI thread, whoever made it."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from clipset_desktop.app import DesktopHost
from clipset_desktop.collector import Collector
from tests.window.conftest import WAIT_MS


class _Ring:
    """Lives on by a reference to itself, until the collector comes."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def on() -> Iterator[None]:
    """The collector as a program finds it: on, and with nothing spared."""
    gc.enable()
    yield
    gc.disable()
    gc.unfreeze()


@pytest.fixture
def collector(qapp: QApplication, on: None) -> Iterator[Collector]:
    made = Collector(look_every_ms=1)
    yield made
    made.close()


def _throw_away(gone: list[threading.Thread]) -> None:
    """On a thread of its own: a ring, and so many objects after it that Python's own collector would come."""
    weakref.finalize(_Ring(), lambda: gone.append(threading.current_thread()))
    kept: list[list[int]] = [[] for _ in range(20_000)]
    kept.clear()


def test_rings_of_other_threads_are_collected_on_the_gui_thread(collector: Collector, qtbot: Any) -> None:
    gone: list[threading.Thread] = []
    thread = threading.Thread(target=_throw_away, args=(gone,))
    thread.start()
    thread.join()
    kept: list[list[int]] = [[] for _ in range(2_000)]  # what was made and has gone again is not counted
    qtbot.waitUntil(lambda: bool(gone), timeout=WAIT_MS)
    assert gone == [threading.main_thread()]
    assert len(kept) == 2_000


def test_old_rings_are_found_too(collector: Collector, qtbot: Any) -> None:
    gone: list[bool] = []
    old = _Ring()
    weakref.finalize(old, gone.append, True)
    gc.collect(1)  # into the oldest generation, which is seldom gone through
    del old
    kept: list[list[list[int]]] = []

    def look() -> bool:
        kept.append([[] for _ in range(1_000)])
        return bool(gone)

    qtbot.waitUntil(look, timeout=WAIT_MS)


def test_what_is_spared_stays_and_all_is_as_before_in_the_end(qapp: QApplication, on: None) -> None:
    collector = Collector(look_every_ms=1)
    collector.spare_what_is_there()
    assert gc.get_freeze_count() > 10_000
    assert not gc.isenabled()
    collector.close()
    assert gc.get_freeze_count() == 0
    assert gc.isenabled()


def test_the_window_runs_with_it(launch: Callable[..., DesktopHost], hand: SimpleNamespace, on: None) -> None:
    host = launch()
    assert not gc.isenabled()
    hand.until(lambda: host.window is not None)
    assert gc.get_freeze_count() > 10_000
    ended: list[int] = []
    host.ended.connect(ended.append)
    host.quit()
    hand.until(lambda: bool(ended))
    assert gc.isenabled()
