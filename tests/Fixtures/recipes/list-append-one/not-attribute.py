class Table:
    def fill(self, rows):
        for row in rows:
            self.rows += [row]
