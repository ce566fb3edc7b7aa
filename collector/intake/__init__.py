"""Files: from the inbox to stored readings, and read again from their kept bytes."""
