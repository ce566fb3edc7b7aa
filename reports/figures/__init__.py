"""The figures of a summary, computed before anything is worded."""
