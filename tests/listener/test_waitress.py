"""The private parts of Waitress that the listener overrides are still what they were in 3.0.2.

A failure here says that a new Waitress must be read against server/web/listener/README.md before it is allowed.
"""

from __future__ import annotations

import inspect
import re
from importlib.metadata import version
from pathlib import Path

import pytest
from waitress import buffers, channel, parser, server, task, wasyncore

from server.web import listener
from server.web.listener.heads import HeadParser
from server.web.listener.outgoing import OutgoingFile
from server.web.listener.server import LoopServer
from server.web.listener.tasks import ApplicationTask, RefusalTask
from server.web.listener.tls import TlsChannel

EXPECTED = {
    channel.HTTPChannel: {
        "__init__": "(self, server, sock, addr, adj, map=None)",
        "readable": "(self)",
        "writable": "(self)",
        "handle_read": "(self)",
        "handle_write": "(self)",
        "handle_close": "(self)",
        "received": "(self, data)",
        "send_continue": "(self)",
        "service": "(self)",
        "del_channel": "(self, map=None)",
        "write_soon": "(self, data)",
        "_flush_some": "(self, do_close=True)",
        "_flush_exception": "(self, flush, do_close=True)",
    },
    parser.HTTPRequestParser: {"received": "(self, data)", "parse_header": "(self, header_plus)"},
    task.WSGITask: {"get_environment": "(self)"},
    task.ErrorTask: {"execute": "(self)"},
    task.Task: {
        "set_close_on_finish": "(self) -> None",
        "service": "(self)",
        "build_response_header": "(self)",
        "finish": "(self)",
        "write": "(self, data)",
    },
    server.TcpWSGIServer: {
        "set_reuse_addr": "(self)",
        "accept_connections": "(self)",
        "pull_trigger": "(self)",
        "readable": "(self)",
        "handle_accept": "(self)",
    },
    server.BaseWSGIServer: {"run": "(self)", "close": "(self)"},
    wasyncore.dispatcher: {"send": "(self, data, do_close=True)", "recv": "(self, buffer_size)"},
    buffers.ReadOnlyFileBasedBuffer: {
        "__init__": "(self, file, block_size=32768)",
        "prepare": "(self, size=None)",
        "close": "(self)",
    },
}

OURS = (HeadParser, OutgoingFile, LoopServer, ApplicationTask, RefusalTask, TlsChannel)
README = (Path(listener.__file__).parent / "README.md").read_text(encoding="utf-8")

HOOKS = [(owner, name, signature) for owner, names in EXPECTED.items() for name, signature in names.items()]


def test_the_version_the_listener_was_written_against() -> None:
    assert version("waitress") == "3.0.2"


@pytest.mark.parametrize(
    ("owner", "name", "signature"), HOOKS, ids=[f"{owner.__name__}.{name}" for owner, name, _ in HOOKS]
)
def test_hook(owner: type, name: str, signature: str) -> None:
    assert str(inspect.signature(getattr(owner, name))) == signature


def test_the_state_that_is_read_and_written() -> None:
    source = inspect.getsource(channel.HTTPChannel)
    for name in (
        "outbufs",
        "total_outbufs_len",
        "sendbuf_len",
        "requests_lock",
        "outbuf_lock",
        "close_when_flushed",
        "will_close",
        "sent_continue",
    ):
        assert f"self.{name}" in source


def test_a_channel_leaves_through_del_channel() -> None:
    assert "self.del_channel()" in inspect.getsource(wasyncore.dispatcher.close)


def _overridden() -> set[str]:
    """What our classes have in the place of something of Waitress's."""
    found = set()
    for ours in OURS:
        theirs = [base for base in ours.__mro__ if base.__module__.startswith("waitress")]
        for base in ours.__mro__:
            if base.__module__.startswith("server."):
                found |= {
                    name
                    for name, value in vars(base).items()
                    if inspect.isfunction(value) and any(name in vars(their) for their in theirs)
                }
    return found - {"__init__", "__len__"}


def test_each_override_is_explained_and_held() -> None:
    expected = {name for names in EXPECTED.values() for name in names}
    assert _overridden() - expected == set()
    rows = [line.split("|")[1] for line in README.splitlines() if line.startswith("| `")]
    explained = set(re.findall(r"[a-z_]+", " ".join(rows)))
    assert _overridden() - explained == set()


def test_what_holds_an_override_exists() -> None:
    folder = Path(__file__).parent
    tests = "".join(path.read_text(encoding="utf-8") for path in folder.glob("test_*.py"))
    named = re.findall(r"`((?:tests/\w+/)?test_\w+(?:\.py)?)`", README)
    for name in named:
        if name.endswith(".py"):
            assert (folder / name).exists() or (folder.parents[1] / name).exists(), name
        else:
            assert f"def {name}(" in tests, name
