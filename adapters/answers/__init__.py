"""How an answer from the network is read: pages, JSON, and what they have in common."""
