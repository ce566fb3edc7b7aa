"""Pure readers: the bytes of one platform go in, records come out. Nothing else happens here."""
