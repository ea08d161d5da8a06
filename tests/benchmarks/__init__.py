"""Benchmarks of ours against named programs. One module a topic; none of them ever fails on a time.

A module declares what it compares with as two literals, `REQUIREMENTS` (Python packages, locked in
`requirements/bench.txt`) and `DEBIAN` (Debian packages), and prints one table when it is run as a program.
"""
