# observed: {"seen": {"types": ["list"], "minLength": 0, "maxLength": 500, "elementsHashable": true}}
class Names:
    def unique(self, names):
        seen = []
        seen_set = set()
        for name in names:
            if name not in seen_set:
                seen.append(name)  # first one wins
                seen_set.add(name)
        return seen
