"""Charts of a summary, drawn for the page (SVG) and for Office (Word and Excel draw it themselves)."""
