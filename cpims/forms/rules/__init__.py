"""Form logic: what a form asks, offers, computes and accepts. Pure; the client holds the same rules in TypeScript."""
