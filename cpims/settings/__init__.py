"""What an instance decides once."""
