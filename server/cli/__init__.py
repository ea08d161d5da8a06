"""The command line: the headless host (`serving`), and what the window does, for a terminal (`users`, `jobs`, …).

Help and version answer at once: a command loads the server's libraries only when it runs.
"""

from server.cli.commands import add_commands, main, run
from server.cli.serving import add_serve_options, overrides_of, serve

__all__ = ["add_commands", "add_serve_options", "main", "overrides_of", "run", "serve"]
