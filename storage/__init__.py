"""The database. Observations are appended and never overwritten; latest values and hits are derived and kept up to date."""
