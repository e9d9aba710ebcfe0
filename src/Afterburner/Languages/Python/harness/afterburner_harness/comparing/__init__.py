"""What a call did: values as trees, what it left in the process and around it, and where two of them differ."""
