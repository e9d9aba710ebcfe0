"""Orders of a small shop: reading, reporting."""
