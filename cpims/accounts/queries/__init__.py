"""Questions about people: who is signed in, who may act on whom."""
