class Page:
    def render(self, rows):
        self.text = ""
        text = self.text
        for row in rows:
            text += "%s\n" % row
        self.text = text
        return self.text
