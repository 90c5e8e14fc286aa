"""What a device sends and gets: receipts of writes today; the feed later."""
