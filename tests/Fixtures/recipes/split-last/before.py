class Name:
    def last(self, dotted):
        """The part after the last dot."""
        return dotted.split(".")[-1]
