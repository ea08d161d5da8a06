"""Whose turn it is: members take turns, however many videos one of them uploads. Needs the media folder."""

from __future__ import annotations

from itertools import pairwise

import pytest

from server.jobs.turns import between, fair_rank
from server.values.jobs import JobState
from tests.transcoding.puppet import Puppet, no_look

_SMALL = "gr_a.mp4"


@pytest.mark.parametrize(
    ("last_started", "lowest_waiting", "own_last", "rank"),
    [
        (None, None, None, 0),
        (0, 1, None, 0),  # somebody else has a turn of this round behind him; a newcomer has not
        (0, 1, 0, 1),
        (0, 1, 5, 6),  # after one's own others
        (49, 50, None, 49),  # one long job must not turn the time back for newcomers
        (50, 1, None, 1),  # quick ones that overtook must not put newcomers behind the others' backlog
        (3, 500, None, 499),  # those between were deleted
        (7, None, 7, 8),
        (7.5, 8.25, 7.9, 8),
    ],
)
def test_newcomers_join_the_present_round(last_started, lowest_waiting, own_last, rank):
    assert fair_rank(last_started=last_started, lowest_waiting=lowest_waiting, own_last=own_last) == rank


def test_between_two_neighbours_there_is_room_until_there_is_none():
    assert (between(None, 5.0), between(4.0, 5.0), between(5.0, 5.0)) == (4.0, 4.5, None)


@pytest.mark.parametrize("rounds", [3])
def test_who_uploads_one_by_one_takes_turns_with_a_backlog(start, media, rounds):
    puppet = Puppet()
    server = start(run_child=puppet, look=no_look, transcode_workers=1)
    max_, mia = server.member("max"), server.member("mia")
    backlog = [max_.upload(media(_SMALL))["id"] for _ in range(rounds + 2)]
    server.heard.job_of(backlog[0], JobState.RUNNING)
    hers = []
    for _ in range(rounds):
        hers.append(mia.upload(media(_SMALL))["id"])
        while hers[-1] not in puppet.began:
            running = puppet.began[-1]
            puppet.let_go()
            server.heard.job_of(running, JobState.DONE)
            server.heard.wait_for(lambda _, known=running: puppet.began[-1] != known)
        puppet.let_go()
        server.heard.job_of(hers[-1], JobState.DONE)
    between_hers = [
        puppet.began.index(later) - puppet.began.index(sooner) for sooner, later in pairwise(hers)
    ]
    assert between_hers == [2] * (rounds - 1), "one of his between two of hers"
