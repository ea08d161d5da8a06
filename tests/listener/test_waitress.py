"""The private parts of Waitress that the listener overrides are still what they were in 3.0.2.

A failure here says that a new Waitress must be read against server/web/listener/README.md before it is allowed.
"""

from __future__ import annotations

import inspect
from importlib.metadata import version

import pytest
from waitress import buffers, channel, parser, server, task, wasyncore

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
    buffers.ReadOnlyFileBasedBuffer: {
        "__init__": "(self, file, block_size=32768)",
        "prepare": "(self, size=None)",
        "close": "(self)",
    },
}

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
