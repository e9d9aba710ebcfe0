class Folder:
    """Joins lines that end in a backslash with the next one."""

    def __init__(self, mark='\\'):
        self.mark = mark
        self.joins = 0

    def fold(self, lines):
        lines = list(lines)
        at = 0
        while at < len(lines):
            if lines[at].endswith(self.mark) and at + 1 < len(lines):
                lines = lines[:at] + [lines[at][:-1] + lines[at + 1]] + lines[at + 2:]
                self.joins += 1
            else:
                at += 1
        return lines
