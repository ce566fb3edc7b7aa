"""The page half of a run: what is due, asked, read, judged, stored."""
