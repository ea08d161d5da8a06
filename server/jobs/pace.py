"""How many jobs may run now: encodes give way to viewers, and wait for the mains where the admin wants that. Pure."""

from __future__ import annotations

import msgspec

#: So many people watching hold back one encode. A stream costs little beside one (50 at 8 Mbit/s: a tenth of a core),
#: but more encodes than one fight with them for the disk.
VIEWERS_A_WORKER = 25


class Circumstances(msgspec.Struct, frozen=True, kw_only=True):
    """What the number of encodes depends on, besides the setting."""

    viewers: int = 0
    on_battery: bool = False


def allowed(workers: int, now: Circumstances, *, wait_on_battery: bool) -> int:
    """How many of `workers` may work. One always goes on, however many watch: its child has the lowest priority."""
    if now.on_battery and wait_on_battery:
        return 0
    return max(1, workers - now.viewers // VIEWERS_A_WORKER)
