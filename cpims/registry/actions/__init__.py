"""Acts on registry records."""

from cpims.registry.actions.recording import amend_registry_record, register_registry_record

__all__ = ["amend_registry_record", "register_registry_record"]
