"""How a format says that bytes cannot be kept."""

from __future__ import annotations


class Unusable(ValueError):
    """These bytes are not kept; ``code`` says why, in the words of the message catalogue."""

    def __init__(self, code: str) -> None:
        """Keep the code."""
        super().__init__(code)
        self.code = code


#: Of no type that is taken here.
TYPE = "attachment.type"
#: Of a type that is taken, but broken, cut off, or larger inside than anybody should open.
UNREADABLE = "attachment.unreadable"
#: With programs in it, or two kinds of file in one.
ACTIVE = "attachment.active"
#: Behind a password, so that nobody can look what is in it.
LOCKED = "attachment.locked"
