"""Does a pack hang together, and is it fit for those who will work with it?"""

from cpims.configuration.rules.checking import Finding, check_packs
from cpims.configuration.rules.fitting import Standing, pack_problems, standing_after

__all__ = ["Finding", "Standing", "check_packs", "pack_problems", "standing_after"]
