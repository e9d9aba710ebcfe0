class Names:
    def unique(self, names):
        seen = []
        for name in names:
            if name not in seen:
                seen.append(name)  # first one wins
        return seen
