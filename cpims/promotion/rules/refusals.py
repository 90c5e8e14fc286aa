"""Why something between two instances is refused."""

from __future__ import annotations

from cpims.lib.errors import Conflict, Invalid, NotFound, NotPermitted


class PairInvalid(Invalid):
    """What was said about the other instance cannot be used; nothing was stored."""

    code = "pair.invalid"


class PairTaken(Conflict):
    """This instance has its other half already; only an operator may name another one."""

    code = "pair.taken"


class NotPaired(Conflict):
    """This instance has no other half yet."""

    code = "pair.missing"


class Unreachable(Conflict):
    """The other instance cannot be reached now."""

    code = "pair.unreachable"


class OtherRefused(Conflict):
    """The other instance was reached and refused."""

    code = "pair.refused"


class AnswerNotProven(Conflict):
    """What answered is not the other instance: its signature is missing or wrong."""

    code = "pair.answer_not_proven"


class NotProven(NotPermitted):
    """This request was not signed by the other instance, or not now, or was here before."""

    code = "pair.not_proven"


class ChangeSetNotFound(NotFound):
    """There is no such set of changes."""

    code = "change_set.not_found"


class ChangeSetInvalid(Invalid):
    """Something about the set of changes is wrong; nothing was stored."""

    code = "change_set.invalid"


class NothingToPromote(Conflict):
    """Production is configured as this instance is."""

    code = "change_set.nothing_to_promote"


class IllegalMove(Conflict):
    """A set of changes does not go from the state it is in to this one."""

    code = "change_set.illegal_move"


class SecondPersonNeeded(NotPermitted):
    """Whoever proposed the changes may not approve them: a second person does."""

    code = "change_set.second_person"


class OnlyInDemo(Conflict):
    """Changes are made and chosen in the demo."""

    code = "change_set.only_in_demo"


class ChangeSetStale(Conflict):
    """Production no longer stands where this set of changes began; make a new one."""

    code = "change_set.stale"


class FileInvalid(Invalid):
    """This is not a signed file of the other instance, or not one for here."""

    code = "promotion.file_invalid"


class Diverged(Conflict):
    """This instance no longer stands where the changes began; nothing was changed."""

    code = "promotion.diverged"


class NotAsPromised(Conflict):
    """Applied, the changes would not have given what was approved; nothing was changed."""

    code = "promotion.not_as_promised"


class PromotionNotFound(NotFound):
    """No such promotion came here."""

    code = "promotion.not_found"


class NothingToRollBack(Conflict):
    """This promotion is not the last one that holds, so it cannot be taken back."""

    code = "promotion.nothing_to_roll_back"
