"""What an instance has: the ids that a pack may name, its whole configuration as a pack or a document, its versions."""

from cpims.configuration.queries.document import configuration_document
from cpims.configuration.queries.snapshot import configuration_files
from cpims.configuration.queries.standing import PACK, grants_standing, standing_now

__all__ = ["PACK", "configuration_document", "configuration_files", "grants_standing", "standing_now"]
