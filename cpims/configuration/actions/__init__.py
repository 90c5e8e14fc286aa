"""Loading, publishing and applying a configuration."""

from cpims.configuration.actions.applying import Applied, apply_document, roll_back
from cpims.configuration.actions.bundles import apply_version, keep_bundle
from cpims.configuration.actions.packs import Loaded, load_pack
from cpims.configuration.actions.publishing import publish_snapshot, publish_version, put_version_away

__all__ = [
    "Applied",
    "Loaded",
    "apply_document",
    "apply_version",
    "keep_bundle",
    "load_pack",
    "publish_snapshot",
    "publish_version",
    "put_version_away",
    "roll_back",
]
