"""Runs the repository's tests and tells what each of them comes to."""
