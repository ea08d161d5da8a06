"""What a child process is asked to do with one file: paths of our own making, and the admin's choices."""

from __future__ import annotations

from pathlib import Path

import msgspec


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What a child may use before it is stopped. Memory in bytes, times in seconds."""

    memory_bytes: int = 6 * 1024**3
    cpu_s: int = 12 * 3600
    wall_s: int = 24 * 3600
    silence_s: int = 300
    """The longest time without a sign of life before the parent ends the child."""
    output_bytes: int = 64 * 1024**3


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """One job for a child. All paths are absolute.

    `work` is a folder that belongs to the job; an earlier child may have left in it what it had made.
    """

    source: Path
    work: Path
    accepted_formats: tuple[str, ...]
    max_lines: int = 1080
    further_lines: tuple[int, ...] = ()
    """The sizes of further renditions; one that is no smaller than the main one is left out."""
    preset: str = "medium"
    crf: int = 23
    encoder: str = "auto"
    always_transcode: bool = False
    """Set by the admin, or by the queue when a copy was tried and did not hold."""
    threads: int = 0
    """Threads for the encoder; 0 lets it choose."""
    audio_language: str = ""
    resume: bool = True
    """Whether to go on from what an earlier child left in `work`."""
    limits: Limits = Limits()
