"""Documents of a summary: each module renders one frozen value to one file and adds nothing to it."""

#: Format → the module below reports.documents that renders it; loaded when it is wanted.
RENDERERS = {
    "docx": "word",
    "xlsx": "workbook",
    "html": "web",
    "md": "markdown",
    "json": "data",
}
#: Formats whose full listing is another file than the paper (``render_listing``); the others hold it anyway.
FULL = ("docx", "md")
