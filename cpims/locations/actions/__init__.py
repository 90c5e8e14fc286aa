"""Adding, renaming and switching off places."""

from cpims.locations.actions.places import (
    change_location,
    change_locations,
    create_location,
    disable_location,
    put_locations,
)
from cpims.locations.actions.tables import ImportOutcome, import_locations

__all__ = [
    "ImportOutcome",
    "change_location",
    "change_locations",
    "create_location",
    "disable_location",
    "import_locations",
    "put_locations",
]
