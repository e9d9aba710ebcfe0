class Page:
    def render(self, rows):
        for row in rows:
            self.text += "%s\n" % row
            self.flush()
