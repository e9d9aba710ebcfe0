class Page:
    def render(self, rows):
        self.text = ""
        for row in rows:
            self.text += "%s\n" % row
        return self.text
