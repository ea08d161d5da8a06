"""`clipset doctor`: what is wrong, and what to do."""

from __future__ import annotations

import argparse
from typing import Any

import msgspec

from server.cli import output
from server.cli.data_folder import looked_at


def add(commands: argparse._SubParsersAction[Any], shared: argparse.ArgumentParser) -> None:
    """The parser of `doctor`."""
    doctor = commands.add_parser(
        "doctor",
        parents=[shared],
        help="look everything over and say what is wrong",
        description="Look everything over and say what is wrong and what to do. Ends with 1 if there is a problem.",
    )
    doctor.set_defaults(run=_doctor)
    doctor.add_argument("--repair", action="store_true", help="put right what can be without losing anything")


def _doctor(options: argparse.Namespace) -> int:
    from server.values.findings import Level

    with looked_at(options) as doctor:
        found = doctor.look(repair=options.repair)
    if options.json:
        output.show([msgspec.to_builtins(each) for each in found], as_json=True)
    else:
        marks = {Level.WELL: "  well  ", Level.NOTE: "  note  ", Level.PROBLEM: "PROBLEM "}
        for each in found:
            output.say(f"{marks[each.level]} {each.sentence}")
    return 1 if any(each.level is Level.PROBLEM for each in found) else 0
