"""What all form-driven records share: identity, ownership, visibility, readable fields, merging, search."""
