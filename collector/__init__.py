"""Puts the parts together: config, inbox, runs and the command ``collect``."""
