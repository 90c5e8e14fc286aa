"""Configuration as a versioned thing: packs today; drafts, impact, promotion and rolling back later."""
