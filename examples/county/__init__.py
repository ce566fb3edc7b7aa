"""The invented county behind examples/: what it published, what its back-ends showed, what is true."""
