"""Group chats: which there are, what each takes at a time, what each answers."""
