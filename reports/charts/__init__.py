"""A chart of a summary, drawn."""
