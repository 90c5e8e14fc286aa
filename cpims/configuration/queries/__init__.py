"""What an instance has: the ids that a pack may name, and its whole configuration as a pack."""

from cpims.configuration.queries.snapshot import configuration_files
from cpims.configuration.queries.standing import PACK, grants_standing, standing_now

__all__ = ["PACK", "configuration_files", "grants_standing", "standing_now"]
