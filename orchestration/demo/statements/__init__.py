"""Writers of statement formats: a Statement in, the bytes of one file out."""
