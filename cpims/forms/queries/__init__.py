"""Questions about forms: the catalogue as configured now, and the viewer with her form grants."""
