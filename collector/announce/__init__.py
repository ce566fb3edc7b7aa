"""What people are told as it happens: hits, early words, what does not work."""
