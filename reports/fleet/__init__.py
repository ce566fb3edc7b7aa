"""Many centres together: their stored summaries added up to a province's paper, tables and JSON."""
