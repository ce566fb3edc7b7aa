"""Rows: observations are appended and never overwritten; latest values and hits are kept up to date."""
