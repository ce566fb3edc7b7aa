"""The service: what runs when nobody is looking."""
