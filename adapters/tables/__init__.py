"""How a table is read: its bytes, sheets, headings, units, rows and cells."""
