"""Mail that goes out: claimed, handed over with TLS, and what the server said, explained."""
