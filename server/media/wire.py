"""The pipe between child and parent: messages as MessagePack, never pickles, because the child handles
hostile files.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from server.media.messages import Message

#: More than any message needs; a child that says more is not itself.
MAX_BYTES = 64 * 1024
_MAX_TEXT = 1200


def pack(message: Message) -> bytes:
    """A message as bytes, long texts cut."""
    return _encoder.encode(message)


def unpack(data: bytes) -> Message:
    """The message in `data`. Raises msgspec.MsgspecError when it is none."""
    message: Message = _decoder.decode(data)
    return message


def clip(text: str) -> str:
    """`text` short enough for the pipe."""
    return text if len(text) <= _MAX_TEXT else text[:_MAX_TEXT] + "…"


def _path_out(value: Any) -> Any:
    if isinstance(value, Path):
        return str(value)
    raise NotImplementedError(f"{type(value)} does not cross the pipe")


def _path_in(kind: type, value: Any) -> Any:
    if issubclass(kind, Path):
        return Path(value)
    raise NotImplementedError(f"{kind} does not cross the pipe")


_encoder = msgspec.msgpack.Encoder(enc_hook=_path_out)
_decoder = msgspec.msgpack.Decoder(Message, dec_hook=_path_in)
