"""The live service killed at random moments, on a full disk, on a database that cannot be written to.

``python -m tests.soak --kills 200`` is the whole of it; ``make soak`` runs a few rounds (test_soak).
"""
