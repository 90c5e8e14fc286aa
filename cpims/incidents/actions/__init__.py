"""Acts on incidents."""

from cpims.incidents.actions.recording import amend_incident, register_incident

__all__ = ["amend_incident", "register_incident"]
