"""What goes in and what comes out, as shapes: the source of ``contracts/openapi.json`` and of the client's types."""
