"""E-mails: rendered from a value, built as messages. Nothing here reads storage or the network."""
