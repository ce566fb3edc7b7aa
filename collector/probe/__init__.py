"""One page tried, nothing stored: what the program makes of it, and a proposal for config."""
