"""One file worked off in a process of its own, as a child of the server does it: `SOURCE WORK [FIELD=VALUE...]`."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import msgspec

from server.media.messages import Finished, Message, Progressed
from server.media.order import Order
from server.media.work import work


def main(source: str, folder: str, *choices: str) -> int:
    """0 when a video came of it. A choice is a field of `Order`."""
    fields: dict[str, Any] = dict(choice.split("=", 1) for choice in choices)
    if "further_lines" in fields:
        fields["further_lines"] = fields["further_lines"].split(",")
    order = msgspec.structs.replace(
        Order(source=Path(source), work=Path(folder), accepted_formats=("mp4", "mov", "avi", "mkv", "webm")),
        **msgspec.structs.asdict(msgspec.convert(fields, _Choices, strict=False)),
    )
    started = time.perf_counter()
    told_s = [0.0]

    def hear(message: Message) -> None:
        if isinstance(message, Progressed) and message.watchable_ms > told_s[0]:
            told_s[:] = message.watchable_ms, time.perf_counter() - started

    outcome = work(order, hear)
    (Path(folder) / "watchable.json").write_text(json.dumps(told_s[-1]))
    if not isinstance(outcome, Finished):
        sys.stderr.write(f"{outcome}\n")
        return 1
    return 0


class _Choices(msgspec.Struct):
    preset: str = "medium"
    crf: int = 23
    threads: int = 0
    always_transcode: bool = False
    further_lines: tuple[int, ...] = ()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
