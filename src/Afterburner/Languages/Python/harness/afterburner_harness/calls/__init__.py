"""Calls: their arguments stored and read back, and made again."""
