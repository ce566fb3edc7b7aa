"""Which stored post a record is, and which posts are one work or one story."""
