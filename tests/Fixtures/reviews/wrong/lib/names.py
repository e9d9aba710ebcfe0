def branches(refs):
    """Names of branches: refs/heads/NAME without what stands before."""
    found = []
    for ref in refs:
        name = ref
        for length in range(len(ref), 0, -1):
            if ref[:length] == 'refs/heads/':
                name = ref[length:]
        found = found + [name]
    return found
