def depth(line):
    """Number of spaces that a line begins with."""
    count = 0
    for character in line:
        if character != ' ':
            break
        count += 1
    return count


def outline(lines):
    levels = []
    for line in lines:
        levels.append(depth(line))
    return levels
