"""True figures put into a draft, and the draft written with its changes or comments."""
