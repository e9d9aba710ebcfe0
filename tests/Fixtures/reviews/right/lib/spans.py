from dataclasses import dataclass


@dataclass
class Span:
    start: int
    end: int


def covered(spans):
    """Number of positions that lie in at least one span (end excluded)."""
    positions = []
    for span in spans:
        for position in range(span.start, span.end):
            if position not in positions:
                positions.append(position)
    return len(positions)
