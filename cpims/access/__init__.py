"""May she? Permissions, scopes and the Viewer value; pure, stores nothing."""
