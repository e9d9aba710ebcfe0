import functools


def checked(function):
    @functools.wraps(function)
    def called(*args, **kwargs):
        return function(*args, **kwargs)
    return called


class Page:
    @staticmethod
    def escape(text):
        """Text for HTML."""
        out = ''
        for c in text:
            if c == '&':
                out = out + '&amp;'
            elif c == '<':
                out = out + '&lt;'
            elif c == '>':
                out = out + '&gt;'
            else:
                out = out + c
        return out

    @classmethod
    @checked
    def indent(cls, text, *, by=4):
        lines = text.split('\n')
        out = ''
        while lines:
            out = out + ' ' * by + lines.pop(0) + ('\n' if lines else '')
        return out


async def gathered(items):
    """Items without repetition, as they come."""
    kept = []
    for item in items:
        if item not in kept:
            kept.append(item)
    return kept
