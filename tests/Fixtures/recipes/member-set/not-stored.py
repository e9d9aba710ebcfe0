# observed: {"names": {"types": ["list"], "minLength": 0, "maxLength": 500, "elementsHashable": true}}
class Table:
    def fill(self, names, rows):
        self.names = names
        for row in rows:
            if row not in names:
                self.add(row)
