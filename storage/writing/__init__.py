"""The write path: one reading of one source becomes rows, wholly or not at all."""
