"""The figures of a summary, before a word is said of them."""
