"""Long bytes sealed in spans, so that a part can be opened without the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from cpims.lib.crypto import CannotOpen, seal, unseal

SPAN: Final = 64 * 1024
#: What sealing adds to each span: the nonce and the tag.
ADDED: Final = 28
SEALED: Final = SPAN + ADDED


def seal_spans(key: bytes, plain: bytes, context: bytes) -> bytes:
    """Seal bytes span by span; each knows its place and whether it is the last, so that none can be moved or cut off."""
    count = spans_of(len(plain))
    return b"".join(
        seal(key, plain[n * SPAN : (n + 1) * SPAN], _context(context, n, last=n == count - 1)) for n in range(count)
    )


def spans_of(length: int) -> int:
    """How many spans so many bytes take; nothing takes one."""
    return max(1, -(-length // SPAN))


def open_part(
    key: bytes, context: bytes, *, length: int, start: int, stop: int, read: Callable[[int, int], bytes]
) -> bytes:
    """The bytes from ``start`` to before ``stop`` of ``length`` sealed ones; ``read(offset, length)`` gives what is stored.

    Raises: CannotOpen.
    """
    count = spans_of(length)
    first, last = start // SPAN, max(start, stop - 1) // SPAN
    if last >= count:
        raise CannotOpen("beyond the end")
    stored = read(first * SEALED, min((last + 1) * SEALED, length + count * ADDED) - first * SEALED)
    plain = b"".join(
        unseal(key, stored[n * SEALED : (n + 1) * SEALED], _context(context, first + n, last=first + n == count - 1))
        for n in range(last - first + 1)
    )
    return plain[start - first * SPAN : stop - first * SPAN]


def open_whole(key: bytes, sealed: bytes, context: bytes) -> bytes:
    """Everything that :func:`seal_spans` sealed.

    Raises: CannotOpen.
    """
    count = max(1, -(-len(sealed) // SEALED))
    return b"".join(
        unseal(key, sealed[n * SEALED : (n + 1) * SEALED], _context(context, n, last=n == count - 1))
        for n in range(count)
    )


def _context(context: bytes, number: int, *, last: bool) -> bytes:
    return context + number.to_bytes(8, "big") + (b"\x01" if last else b"\x00")
