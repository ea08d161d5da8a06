"""One page of a longer list."""

from __future__ import annotations

from typing import Generic, TypeVar

import msgspec

T = TypeVar("T")

MAX_PAGE_SIZE = 100


class Page(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """Items `(page - 1) * page_size` onwards of `total`."""

    items: list[T]
    total: int
    page: int
    page_size: int

    @property
    def total_pages(self) -> int:
        """How many pages there are; 0 of an empty list."""
        return -(-self.total // self.page_size)
