"""The range cases that Go's net/http and nginx test themselves with, and where we answer otherwise, why."""

from __future__ import annotations

import pytest

from server.web.ranges import requested_ranges

WHOLE = None
NOTHING: list[tuple[int, int]] = []

GO = {
    # net/http, fs_test.go: ServeFileRangeTests; a file of 11 bytes
    (11, ""): WHOLE,
    (11, "bytes=0-4"): [(0, 4)],
    (11, "bytes=2-"): [(2, 10)],
    (11, "bytes=-5"): [(6, 10)],
    (11, "bytes=3-7"): [(3, 7)],
    (11, "bytes=0-0,-2"): [(0, 0), (9, 10)],
    (11, "bytes=0-1,5-8"): [(0, 1), (5, 8)],
    (11, "bytes=0-1,5-"): [(0, 1), (5, 10)],
    (11, "bytes=5-1000"): [(5, 10)],
    (11, "bytes=0-,1-,2-,3-,4-"): WHOLE,
    (11, "bytes=0-9"): [(0, 9)],
    (11, "bytes=0-10"): [(0, 10)],
    (11, "bytes=0-11"): [(0, 10)],
    (11, "bytes=10-11"): [(10, 10)],
    (11, "bytes=10-"): [(10, 10)],
    (11, "bytes=11-"): NOTHING,
    (11, "bytes=11-12"): NOTHING,
    (11, "bytes=12-12"): NOTHING,
    (11, "bytes=11-100"): NOTHING,
    (11, "bytes=12-100"): NOTHING,
    (11, "bytes=100-"): NOTHING,
    (11, "bytes=100-1000"): NOTHING,
    # range_test.go. What Go answers with 416 because it is no range is ignored here, as RFC 9110 section 14.2 allows
    (0, ""): WHOLE,
    (1000, ""): WHOLE,
    (0, "foo"): WHOLE,
    (0, "bytes="): WHOLE,
    (10, "bytes=7"): WHOLE,
    (10, "bytes= 7 "): WHOLE,
    (0, "bytes=1-"): NOTHING,
    (10, "bytes=5-4"): WHOLE,
    (10, "bytes=0-2,5-4"): WHOLE,
    (10, "bytes=2-5,4-3"): WHOLE,
    (10, "bytes=--5,4--3"): WHOLE,
    (10, "bytes=A-"): WHOLE,
    (10, "bytes=A- "): WHOLE,
    (10, "bytes=A-Z"): WHOLE,
    (10, "bytes= -Z"): WHOLE,
    (10, "bytes=5-Z"): WHOLE,
    (10, "bytes=Ran-dom, garbage"): WHOLE,
    (10, "bytes=0x01-0x02"): WHOLE,
    (10, "bytes=         "): WHOLE,
    (10, "bytes= , , ,   "): WHOLE,
    (10, "bytes=0-9"): [(0, 9)],
    (10, "bytes=0-"): [(0, 9)],
    (10, "bytes=5-"): [(5, 9)],
    (10, "bytes=0-20"): [(0, 9)],
    (10, "bytes=15-,0-5"): [(0, 5)],
    (10, "bytes=1-2,5-"): [(1, 2), (5, 9)],
    (11, "bytes=-2 , 7-"): [(9, 10), (7, 10)],
    (11, "bytes=0-0 ,2-2, 7-"): [(0, 0), (2, 2), (7, 10)],
    (10, "bytes=-5"): [(5, 9)],
    (10, "bytes=-15"): [(0, 9)],
    (10000, "bytes=0-499"): [(0, 499)],
    (10000, "bytes=500-999"): [(500, 999)],
    (10000, "bytes=-500"): [(9500, 9999)],
    (10000, "bytes=9500-"): [(9500, 9999)],
    (10000, "bytes=0-0,-1"): [(0, 0), (9999, 9999)],
    (10000, "bytes=500-600,601-999"): [(500, 600), (601, 999)],
    (10000, "bytes=500-700,601-999"): [(500, 700), (601, 999)],
    # Go takes blanks inside a range; the grammar of section 14.1.1 has none there
    (11, "bytes=   1 -2   ,  4- 5, 7 - 8 , ,,"): WHOLE,
}

NGINX = {
    # nginx-tests, range.t; a file of 1000 bytes
    (1000, "bytes=0-8"): [(0, 8)],
    (1000, "bytes=-10"): [(990, 999)],
    (1000, "bytes=990-"): [(990, 999)],
    (1000, "bytes=990-1990"): [(990, 999)],
    (1000, "bytes=-1001"): [(0, 999)],
    (1000, "bytes=1000-"): NOTHING,
    (1000, "bytes=1001-"): NOTHING,
    (1000, "bytes=-0"): NOTHING,
    (1000, "bytes=0-0,-1"): [(0, 0), (999, 999)],
    (1000, "bytes=0-10,20-30"): [(0, 10), (20, 30)],
    (1000, "bytes=0-10, 1000-"): [(0, 10)],
    (1000, "bytes=-0, 0-10"): [(0, 10)],
    (1000, "bytes=0-10,2000-3000,-1"): [(0, 10), (999, 999)],
    (1000, "BYTES=0-8"): [(0, 8)],
    (1000, "bytes=18446744073709551616-18446744073709551617"): NOTHING,
    (1000, "bytes=-9223372036854775808"): [(0, 999)],
    # nginx answers these with 416; section 14.2 has what is no range ignored
    (1000, "bytes=xx-"): WHOLE,
    (1000, "bytes=0-xx"): WHOLE,
    (1000, "bytes=10-5"): WHOLE,
    (1000, "lines=0-8"): WHOLE,
}


@pytest.mark.parametrize(("case", "expected"), [*GO.items(), *NGINX.items()])
def test_case(case: tuple[int, str], expected: list[tuple[int, int]] | None) -> None:
    size, header = case
    found = requested_ranges(header or None, size)
    assert (found if found is None else [(each.first, each.last) for each in found]) == expected
