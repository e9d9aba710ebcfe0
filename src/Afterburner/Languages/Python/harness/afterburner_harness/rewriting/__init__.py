"""Recipes: a function rewritten by its syntax tree, and hints where no recipe is known."""
