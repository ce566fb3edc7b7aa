"""Ways out for those who want the data: read-only, with the figures of the summary."""
