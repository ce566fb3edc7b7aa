"""A web server on this machine that plays every platform, well behaved or not."""
