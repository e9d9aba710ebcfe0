def balanced(text):
    """Whether all brackets are closed in the right order."""
    left = ''.join(c for c in text if c in '()[]')
    while '()' in left or '[]' in left:
        left = left.replace('()', '', 1).replace('[]', '', 1)
    return not left
