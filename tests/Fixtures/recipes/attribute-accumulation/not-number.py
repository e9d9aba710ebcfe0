class Page:
    def count(self, rows):
        self.total = 0
        for row in rows:
            self.total += row
