"""The addresses of the page, a subject a module; ``PAGES`` of ``collector.web.server`` lists them in the order of the
menu."""
