"""Asks hosts politely: when, how fast, with what, and what is believed of the answer."""
