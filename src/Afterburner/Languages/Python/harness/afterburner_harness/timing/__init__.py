"""Processes that answer calls with bytes while somebody else measures them."""
