"""Posts, observations, hits and accounts as plain rows, each row and column said once: what exports, frames and other
doors give away. The figures are the summary's; ``columns`` says what each column is, ``rows`` draws the rows."""
