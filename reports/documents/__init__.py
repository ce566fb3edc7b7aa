"""Documents of a summary: each module renders one frozen value to one file and adds nothing to it."""
