"""Ready configurations as text files, and the values they hold."""

from cpims.configuration.formats.folders import Shelf, lines_of
from cpims.configuration.formats.packs import Item, Pack, read_pack, survey_pack
from cpims.configuration.formats.problems import BrokenPack
from cpims.configuration.formats.text import read_folder

__all__ = ["BrokenPack", "Item", "Pack", "Shelf", "lines_of", "read_folder", "read_pack", "survey_pack"]
