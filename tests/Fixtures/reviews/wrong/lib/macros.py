class Expander:
    """Replaces $name by its value in a list of words."""

    def __init__(self, table):
        self.table = table
        self.done = 0

    def expand(self, words):
        words = list(words)
        while any(word.startswith('$') for word in words):
            at = [word.startswith('$') for word in words].index(True)
            words = words[:at] + [self.table[words[at][1:]]] + words[at + 1:]
            self.done += 1
        return words
