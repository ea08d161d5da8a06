"""The child process: how jobs end in it, and that nothing it meets reaches beyond it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from server.media.child import run_child
from server.media.messages import Crashed, Decided, Finished, Progressed, Refused
from server.media.order import Limits
from server.values.jobs import Action
from tests.transcoding.media.conftest import MakeOrder

posix_only = pytest.mark.skipif(os.name == "nt", reason="needs signals")

#: Long enough to be interrupted: 28 s of 1080p, encoded slowly.
_LONG = "gen_bench_1080p30_h264_aac_28s.mp4"
_SLOW = {"always_transcode": True, "preset": "slower"}

Media = Callable[[str], Path]
Told = list[Decided | Progressed]


def never() -> bool:
    """Nobody asks the child to stop."""
    return False


def only_child() -> psutil.Process:
    """The one child that is running."""
    (process,) = multiprocessing.active_children()
    assert process.pid is not None
    return psutil.Process(process.pid)


def on_decision(act: Callable[[psutil.Process], object]) -> Callable[[Decided | Progressed], None]:
    """Listens for the decision, and then does something to the child."""

    def listen(message: Decided | Progressed) -> None:
        if isinstance(message, Decided):
            act(only_child())

    return listen


@pytest.mark.parametrize(
    ("name", "action"),
    [
        ("vide_ocean.mp4", Action.REMUX),
        ("ax_bbb_960x540_60fps_vp8.webm", Action.TRANSCODE),
    ],
)
def test_makes_a_video(media: Media, order_for: MakeOrder, name: str, action: Action) -> None:
    """It tells what it will do, how far it is, and hands over a file."""
    told: Told = []
    outcome = run_child(order_for(media(name)), told.append, never)
    assert isinstance(outcome, Finished)
    assert isinstance(told[0], Decided)
    assert outcome.action == told[0].action == action
    assert outcome.video.stat().st_size == outcome.size_bytes
    shares = [message.progress for message in told if isinstance(message, Progressed)]
    assert shares == sorted(shares)
    assert all(0 <= share < 1 for share in shares)
    assert multiprocessing.active_children() == []


def test_what_it_made_is_kept_the_next_time(media: Media, order_for: MakeOrder) -> None:
    """A result is a web MP4, so it is served as it is when it is uploaded again."""
    made = run_child(order_for(media("gen_metadata_xss_gps.mp4")), lambda _: None, never)
    assert isinstance(made, Finished)
    again = run_child(order_for(made.video), lambda _: None, never)
    assert isinstance(again, Finished)
    assert (again.action, again.moved_source, again.video) == (Action.KEEP, True, made.video)


def test_refuses_with_a_sentence(media: Media, order_for: MakeOrder) -> None:
    """What is no video comes back as words."""
    outcome = run_child(order_for(media("gen_audio_only_vorbis.webm")), lambda _: None, never)
    assert isinstance(outcome, Refused)
    assert outcome.sentence == "This file holds only sound. Choose one with a picture."


def test_runs_from_any_thread(media: Media, order_for: MakeOrder) -> None:
    """The queue's workers are threads."""
    outcomes: list[object] = []
    order = order_for(media("mp4p_metadata.mp4"))
    worker = threading.Thread(target=lambda: outcomes.append(run_child(order, lambda _: None, never)))
    worker.start()
    worker.join()
    assert [type(outcome) for outcome in outcomes] == [Finished]


def test_stops_when_asked(media: Media, order_for: MakeOrder) -> None:
    """Asked to stop, it is gone when the call returns."""
    asked = threading.Event()
    outcome = run_child(order_for(media(_LONG), **_SLOW), lambda _: asked.set(), asked.is_set)
    assert isinstance(outcome, Crashed)
    assert outcome.cause == "stopped"
    assert multiprocessing.active_children() == []


@posix_only
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT])
def test_a_killed_child_is_told_apart(media: Media, order_for: MakeOrder, number: signal.Signals) -> None:
    """A fault inside FFmpeg ends the child alone, and the signal is known."""
    listen = on_decision(lambda child: child.send_signal(number))
    outcome = run_child(order_for(media(_LONG), **_SLOW), listen, never)
    assert isinstance(outcome, Crashed)
    assert (outcome.cause, outcome.code) == ("signal", number)
    assert number.name in outcome.detail


@posix_only
def test_a_fault_leaves_its_place_behind(media: Media, order_for: MakeOrder) -> None:
    """The child's last words say where it was."""
    listen = on_decision(lambda child: child.send_signal(signal.SIGSEGV))
    outcome = run_child(order_for(media(_LONG), **_SLOW), listen, never)
    assert isinstance(outcome, Crashed)
    assert "server/media/work.py" in outcome.detail.replace(os.sep, "/")


@posix_only
@pytest.mark.parametrize(
    ("limits", "cause"), [(Limits(silence_s=1), "silent"), (Limits(wall_s=3), "too_long")]
)
def test_a_hanging_child_is_ended(media: Media, order_for: MakeOrder, limits: Limits, cause: str) -> None:
    """One that says nothing, or takes for ever, does not hold up the queue."""
    listen = on_decision(lambda child: child.suspend())
    outcome = run_child(order_for(media(_LONG), limits=limits, **_SLOW), listen, never)
    assert isinstance(outcome, Crashed)
    assert outcome.cause == cause
    assert multiprocessing.active_children() == []


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs a limit on address space")
def test_too_little_memory_is_a_sentence(media: Media, order_for: MakeOrder) -> None:
    """A picture that needs more memory than there is ends one job with words, or one child at worst."""
    order = order_for(media("ax_8k24fps_300ms.mp4"), limits=Limits(memory_bytes=400 * 1024**2))
    outcome = run_child(order, lambda _: None, never)
    assert isinstance(outcome, Refused)
    assert outcome.code == "too_much_memory"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs a limit on CPU time")
def test_too_much_cpu_time_ends_it(media: Media, order_for: MakeOrder) -> None:
    """An endless loop inside FFmpeg ends by the kernel's hand."""
    outcome = run_child(order_for(media(_LONG), limits=Limits(cpu_s=3), **_SLOW), lambda _: None, never)
    assert isinstance(outcome, Crashed)
    assert outcome.cause == "signal"
    assert outcome.code in (signal.SIGXCPU, signal.SIGKILL)


@posix_only
def test_a_full_disk_is_a_sentence(media: Media, order_for: MakeOrder) -> None:
    """Here the disk is full after 100 kB."""
    order = order_for(media("vide_ocean.webm"), limits=Limits(output_bytes=100_000))
    outcome = run_child(order, lambda _: None, never)
    assert isinstance(outcome, Refused)
    assert (outcome.code, outcome.retry_may_help) == ("out_of_space", True)


@posix_only
def test_inherits_no_socket(media: Media, order_for: MakeOrder) -> None:
    """A child that outlived its server would otherwise hold the port."""
    held: list[int] = []
    with socket.create_server(("127.0.0.1", 0)):
        listen = on_decision(lambda child: held.append(len(child.net_connections())))
        run_child(order_for(media(_LONG)), listen, never)
    assert held == [0]


@posix_only
def test_dies_with_its_parent(media: Media, tmp_path: Path) -> None:
    """The server is killed without a chance to clean up: the child ends by itself and lets go of the output."""
    work = tmp_path / "work"
    work.mkdir()
    program = tmp_path / "program.py"
    program.write_text(_PARENT, encoding="utf-8")
    root = Path(__file__).parents[3]
    parent = subprocess.Popen(
        [sys.executable, str(program), str(media(_LONG)), str(work)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    with parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
        assert parent.stdout.read() == b""
        _, alive = psutil.wait_procs([child], timeout=60)
    assert alive == []


_PARENT = """
import multiprocessing, sys
from pathlib import Path
from server.media.child import run_child
from server.media.order import Order

def tell(message):
    print(multiprocessing.active_children()[0].pid, flush=True)

if __name__ == "__main__":
    order = Order(
        source=Path(sys.argv[1]), work=Path(sys.argv[2]), accepted_formats=("mp4",), preset="slower",
        always_transcode=True,
    )
    run_child(order, tell, lambda: False)
"""


def test_the_parent_imports_no_pyav() -> None:
    """A fault in a media library must not even be loaded into the server."""
    modules = ("server.media.child", "server.media.sniff", "server.media.decision")
    assert "av" not in _imported_by(*modules)


def test_the_child_imports_nothing_of_the_server() -> None:
    """It begins with every job, and the server's log alone takes a third of a second to import.

    Of its parent it imports the main module, as `multiprocessing` has it.
    """
    imported = _imported_by("server.media.work", "clipset_desktop.main", "server.__main__")
    assert "av" in imported
    assert not imported & {"structlog", "sqlalchemy", "falcon", "waitress", "asyncio"}


def _imported_by(*modules: str) -> set[str]:
    code = f"import sys, {', '.join(modules)}; print(*sys.modules)"
    root = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root)
    return set(done.stdout.split())
