"""What the data say to a draft's claims, and where it contradicts itself."""
