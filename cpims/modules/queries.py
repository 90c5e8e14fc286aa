"""Which parts of the work there are."""

from __future__ import annotations

from cpims.access.rules.viewer import Viewer, require
from cpims.lib.sequences import read_number
from cpims.modules.models import Module
from cpims.modules.rules import ModuleNotFound


def get_module(module_id: str, *, viewer: Viewer) -> Module:
    """One part of the work, for whoever looks after the configuration.

    Raises: Forbidden, ModuleNotFound.
    """
    require(viewer, "metadata", "manage")
    number = read_number(module_id)
    found = Module.objects.filter(pk=number).first() if number else None
    if found is None:
        raise ModuleNotFound
    return found
