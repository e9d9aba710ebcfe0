"""Calls as the repository's tests make them: which there are, and their arguments."""
