"""The commands of ``collect``, a subject a module."""
