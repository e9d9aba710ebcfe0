from dataclasses import dataclass, field


@dataclass
class Node:
    name: str
    children: list = field(default_factory=list)


def levels(root):
    """Names by breadth."""
    names = []
    waiting = [(root, 0)]
    while waiting:
        node, depth = waiting.pop(0)
        if depth == len(names):
            names.append([])
        names[depth] = names[depth] + [node.name]
        for child in node.children:
            waiting.append((child, depth + 1))
    return names
