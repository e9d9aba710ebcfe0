"""What a candidate may be: static rules, for which nothing is executed."""
