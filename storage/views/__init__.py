"""The read path: the posts of a period and what they amount to, on one basis, as of one moment."""
