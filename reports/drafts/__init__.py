"""Checking a draft of a work report: which figures it states, whether they are true, whether they agree."""
