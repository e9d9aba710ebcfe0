class Box:
    def __init__(self, left, top, right, bottom):
        self.left, self.top, self.right, self.bottom = left, top, right, bottom

    def holds(self, x, y):
        corners = [(self.left, self.top), (self.right, self.bottom)]
        return min(c[0] for c in corners) <= x < max(c[0] for c in corners) and min(c[1] for c in corners) <= y < max(c[1] for c in corners)


def inside(box, points):
    return [p for p in points if box.holds(*p)]
