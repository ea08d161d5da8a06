"""`clipset jobs`: the queue of videos that are made ready."""

from __future__ import annotations

import argparse
from typing import Any

from server.cli import output
from server.cli.data_folder import opened

_COLUMNS = ("id", "state", "place", "percent", "left", "video_title", "uploader_name")
_ACTIONS = {
    "cancel": "end a waiting, paused or running job",
    "retry": "try a failed or cancelled job again",
    "pause": "set a job aside with all that is done of it",
    "resume": "let a paused job go on",
    "next": "let a waiting job be the next",
}


def add(commands: argparse._SubParsersAction[Any], shared: argparse.ArgumentParser) -> None:
    """The parsers of `jobs` and what is below it."""
    jobs = commands.add_parser(
        "jobs", help="see and steer the queue", description="The videos being made ready."
    )
    below = jobs.add_subparsers(dest="what", metavar="WHAT", required=True)
    below.add_parser("list", parents=[shared], help="list all jobs, running ones first").set_defaults(
        run=_list
    )
    for name, about in _ACTIONS.items():
        parser = below.add_parser(name, parents=[shared], help=about)
        parser.set_defaults(run=_act)
        parser.add_argument("id", help="the job's id, or enough of its beginning")


def _list(options: argparse.Namespace) -> int:
    with opened(options) as bench:
        rows = bench.queue().list()
    if not options.json:
        rows = [{**row, "left": _left(row["eta_ms"])} for row in output.with_short_ids(rows)]
    output.show(rows, as_json=options.json, columns=_COLUMNS, nothing="There are no jobs.")
    return 0


def _act(options: argparse.Namespace) -> int:
    with opened(options) as bench:
        queue = bench.queue()
        job = queue.act(output.one_of(queue.list(), options.id, "job"), options.what)
    if options.json:
        output.show(job, as_json=True)
    else:
        output.say(f"{job['video_title']}: {job['state']}.")
    return 0


def _left(eta_ms: int | None) -> str | None:
    if eta_ms is None:
        return None
    minutes, seconds = divmod(round(eta_ms / 1000), 60)
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"
