"""Where the `clipset` program begins, and each child of it, which imports its parent's main module again: so this one
imports nothing of ours before it is called.
"""

from __future__ import annotations

import multiprocessing
import sys


def main() -> int:
    """Do what the command line asks for. Returns the exit code."""
    # first: in a frozen app a spawned child starts here too, and must become the child at once
    multiprocessing.freeze_support()
    from clipset_desktop import command

    return command.run()


if __name__ == "__main__":
    sys.exit(main())
