"""What a table of people or places may say, and what its rows come to."""
