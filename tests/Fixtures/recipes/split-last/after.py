class Name:
    def last(self, dotted):
        """The part after the last dot."""
        return dotted.rsplit(".", 1)[-1]
