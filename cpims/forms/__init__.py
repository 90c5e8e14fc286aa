"""Form definitions, field types, conditions, calculations and the validation of answers."""
