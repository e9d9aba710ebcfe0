class Page:
    def render(self, rows):
        for row in rows:
            self.text += "%s\n" % row
            if len(self.text) > 80:
                break
