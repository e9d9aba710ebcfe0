class Grid:
    def paths(self, x, y):
        if x == 0 or y == 0:
            return 1
        left = self.paths(x - 1, y)  # here
        above = self.paths(x, y - 1)
        return left + above
