"""What a client would rather have, by the weights in its headers (RFC 9110, section 12.4.2)."""

from __future__ import annotations


def by_preference(header: str) -> list[str]:
    """The names in a header such as `Accept-Language`, in small letters, the best liked first.

    Those with a weight of 0 are refused and left out, and so is what cannot be read.
    """
    wishes: list[tuple[float, str]] = []
    for wish in header.lower().split(","):
        name, _, parameter = wish.partition(";")
        try:
            weight = float(parameter.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
        if weight > 0:
            wishes.append((weight, name.strip()))
    return [name for _, name in sorted(wishes, key=lambda wish: -wish[0])]  # of equals the first stays first
