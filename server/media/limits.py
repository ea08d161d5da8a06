"""What a child may use, set by the child itself before it touches a file. Does nothing where the platform
cannot.
"""

from __future__ import annotations

import os
import sys

from server.media.order import Limits

_NICENESS = 19
_BELOW_NORMAL_PRIORITY_CLASS = 0x4000


def apply_limits(limits: Limits) -> None:
    """Limit memory, CPU time and file size of this process, write no core, and step behind the
    viewers.
    """
    lower_priority()
    if sys.platform == "win32":
        return
    import resource

    # Linux counts what can be written to under RLIMIT_DATA; RLIMIT_AS would count what graphics drivers only reserve,
    # which is more than any machine has
    memory = "RLIMIT_DATA" if sys.platform.startswith("linux") else "RLIMIT_AS"
    wanted = {
        memory: limits.memory_bytes,
        "RLIMIT_CPU": limits.cpu_s,
        "RLIMIT_FSIZE": limits.output_bytes,
        "RLIMIT_CORE": 0,
    }
    for name, most in wanted.items():
        kind = getattr(resource, name, None)
        if kind is None:
            continue
        _, hard = resource.getrlimit(kind)
        bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
        try:
            resource.setrlimit(kind, (bound, bound))
        except (ValueError, OSError):
            # macOS knows RLIMIT_AS but does not take every value; the parent's watch on time remains
            continue


def lower_priority() -> None:
    """Let everything else on this machine go first."""
    if sys.platform == "win32":
        import ctypes

        kernel = ctypes.windll.kernel32
        kernel.SetPriorityClass(kernel.GetCurrentProcess(), _BELOW_NORMAL_PRIORITY_CLASS)
    else:
        os.nice(_NICENESS)
