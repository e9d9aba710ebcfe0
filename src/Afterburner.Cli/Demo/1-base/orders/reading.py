"""Reads orders from text."""


def parse_line(line):
    """One order: number, customer, article and cents, separated by semicolons."""
    number, customer, article, cents = line.strip().split(";")
    return {"number": int(number), "customer": customer, "article": article, "cents": int(cents)}


def parse(text):
    """All orders of a text; empty lines are skipped."""
    return [parse_line(line) for line in text.splitlines() if line.strip()]
