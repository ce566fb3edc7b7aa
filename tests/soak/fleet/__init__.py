"""A province whose workers are killed, frozen and cut off, and whose server crashes, at random moments.

``python -m tests.soak --fleet --kills 200`` is the whole of it; ``make soak`` runs a few rounds (test_fleet).
"""
