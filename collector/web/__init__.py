"""The page: what a person sees who never opens a terminal. Each address is a module of ``collector/web/pages``."""
