"""The one mouth: a module per noun, each route one call downstairs."""
