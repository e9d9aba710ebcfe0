def depth(node):
    if node is None:
        return 0
    return 1 + max(depth(node.left), depth(node.right))
