"""May she? The catalogue of permissions, the viewer, and who may act on what."""
