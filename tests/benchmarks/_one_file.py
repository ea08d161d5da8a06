"""One file worked off in a process of its own, as a child of the server does it: `SOURCE WORK [FIELD=VALUE...]`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import msgspec

from server.media.messages import Finished
from server.media.order import Order
from server.media.work import work


def main(source: str, folder: str, *choices: str) -> int:
    """0 when a video came of it. A choice is a field of `Order`."""
    fields: dict[str, Any] = dict(choice.split("=", 1) for choice in choices)
    order = msgspec.structs.replace(
        Order(source=Path(source), work=Path(folder), accepted_formats=("mp4", "mov", "avi", "mkv", "webm")),
        **msgspec.structs.asdict(msgspec.convert(fields, _Choices, strict=False)),
    )
    outcome = work(order, lambda _: None)
    if not isinstance(outcome, Finished):
        sys.stderr.write(f"{outcome}\n")
        return 1
    return 0


class _Choices(msgspec.Struct):
    preset: str = "medium"
    crf: int = 23
    always_transcode: bool = False


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
