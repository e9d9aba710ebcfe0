"""The function under review: found in source and code objects, loaded, swapped for another version, and watched while it runs."""
