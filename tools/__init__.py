"""What makes files that are committed: run by who changes them, never by the program."""
