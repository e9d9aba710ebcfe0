class Graph:
    def __init__(self):
        self.edges = {}

    def add(self, a, b):
        self.edges.setdefault(a, []).append(b)
        self.edges.setdefault(b, [])

    def reach(self, start):
        """Nodes that can be reached, in the order in which they are found."""
        seen = [start]
        waiting = [start]
        while waiting:
            node = waiting.pop(0)
            for other in self.edges.get(node, ()):
                if other not in seen:
                    seen.append(other)
                    waiting.append(other)
        return seen
