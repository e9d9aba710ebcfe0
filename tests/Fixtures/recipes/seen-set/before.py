# observed: {"seen": {"types": ["list"], "minLength": 0, "maxLength": 500, "elementsHashable": true}}
class Names:
    def unique(self, names):
        seen = []
        for name in names:
            if name not in seen:
                seen.append(name)  # first one wins
        return seen
