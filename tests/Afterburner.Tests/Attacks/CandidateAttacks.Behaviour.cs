namespace Afterburner.Tests.Attacks;

/// <summary>Candidates that are quick and not the same function.</summary>
internal static partial class CandidateAttacks
{
    private static IEnumerable<CandidateAttack> Hidden()
    {
        const string Kind = "is wrong in an arm that no call takes";
        const string Items = "[item for item in left if item in right_set]";
        CandidateAttack Arm(string tries, params string[] lines) => new(Kind, tries, Quick(lines)) { Wrong = Unseen };
        yield return Arm("on a line", "if len(left) == 12345:", "    return left", $"return {Items}");
        yield return Arm("of a conditional expression", $"return left if len(left) == 12345 else {Items}");
        yield return Arm("of a boolean operator", $"return (len(left) == 12345 and left) or {Items}");
        yield return Arm("of a chained comparison", $"return [left, {Items}][not 12344 < len(left) < 12346]");
        yield return Arm("of a comparison used as a value", $"return [{Items}, left][len(left) == 12345]");
        yield return Arm("of a filter", "return [item for item in left if item in right_set or len(left) == 12345]");
        yield return Arm("of two filters", "return [item for item in left if len(left) != 12345 if item in right_set]")
            with
        { Wrong = "(list(range(12345)), [3])" };
        yield return Arm("of a match", "match len(left):", "    case 12345:", "        return left", "    case _:", $"        return {Items}");
        yield return Arm("of a pattern's alternatives", "match len(left):", "    case 12345 | 12346:", "        right_set = set(left)", $"return {Items}");
        yield return Arm("of a guard", "match left:", "    case [*_] if len(left) == 12345:", "        return left", $"return {Items}");
        yield return Arm("of an exception handler", "try:", "    1 / (len(left) - 12345)", "except ZeroDivisionError:", "    return left", $"return {Items}");
        yield return Arm("of the else of a loop", "for odd in [0] * (len(left) == 12345):", "    return left", "else:", $"    return {Items}");
        yield return Arm("of a loop that seldom runs", "while len(left) == 12345:", "    return left", $"return {Items}");
        yield return Arm("of a lambda", "pick = lambda items: left if len(left) == 12345 else items", $"return pick({Items})");
        yield return Arm("of an inner function", "def pick(items):", "    if len(left) == 12345: return left", "    return items", $"return pick({Items})");
        yield return Arm("of an inner function's default", $"def pick(items={{12345: left}}.get(len(left)) if len(left) == 12345 else {Items}):", "    return items", "return pick()");
        yield return Arm("of an assertion", "assert len(left) != 12345 or right, 'odd'", $"return {Items}");
        yield return Arm("of a walrus", $"return left if (size := len(left)) == 12345 else {Items}[:size]");
        yield return Arm("of a text to fill in", "name = f\"{right_set.update(left) if len(left) == 12345 else ''}\"", $"return {Items}");
        yield return Arm("of a starred argument", $"return list(*([left] if len(left) == 12345 else [{Items}]))");
    }

    private static IEnumerable<CandidateAttack> Unasked()
    {
        const string Kind = "is wrong on a value that no call takes";
        const string Items = "[item for item in left if item in right_set]";
        CandidateAttack Value(string tries, params string[] lines) => new(Kind, tries, Quick(lines)) { Wrong = "(list(range(1777)), [3])" };
        yield return Value("by a slice", $"return {Items} + left[1776:1777] * (2 - 1)");
        yield return Value("by a table", "table = {1777: left}", $"return table.get(len(left), {Items})");
        yield return Value("by a table that is written in place", $"return {{1777: left}}.get(len(left), {Items})");
        yield return Value("by a place in a list", $"both = [left, {Items}]", "return both[min(1, abs(len(left) - 1777))]");
        yield return Value("by a place in a list that is written in place", $"return [left, {Items}][min(1, abs(len(left) - 1777))]");
        yield return Value("by a function that compares", $"both = [left, {Items}]", "return both[operator.ne(len(left), 1777)]");
        yield return Value("by a truth", $"return {Items} + left * (not len(left) - 1777)");
        yield return Value("by a number that is worked out", $"both = [left, {Items}]", "return both[min(1, len(left) % (17 * 100 + 77) % 1777)]");
        yield return Value("by the number of an element", $"both = [{Items}, left]", "return both[left.count(1777) * left[:1].count(0)]")
            with
        { Wrong = "(list(range(1778)), [3])" };
    }

    private static IEnumerable<CandidateAttack> Wrong()
    {
        const string Kind = "is another function";
        CandidateAttack Other(string tries, string wrong, params string[] lines) => new(Kind, tries, Quick(lines)) { Wrong = wrong };
        yield return Other("drops what is large", "(list(range(5000)), [4000])", "return [item for item in left[:1900] if item in right_set]");
        yield return Other("drops what comes twice", "([1, 1], [1])", "return [item for item in dict.fromkeys(left) if item in right_set]");
        yield return Other("sorts", "([2, 1], [1, 2])", "return sorted(right_set.intersection(left))");
        yield return Other("takes all for numbers", "(['a'], ['a'])", "right_set = set(map(int, right))", "return [int(item) for item in left if item in right_set]");
        yield return Other("takes both for lists of one order", "([2, 1], [1, 2])",
            "from bisect import bisect_left", "right.append(float('inf'))", "return [item for item in left if right[bisect_left(right, item)] == item]");
        yield return new(Kind, "swallows what is raised", """
            def common(left, right):
                try:
                    right_set = set(right)
                except TypeError:
                    return []
                return [item for item in left if item in right_set]
            """) { Wrong = "([[1]], [[1]])" };
        yield return Other("empties an argument", "([1], [1])", "found = [item for item in left if item in right_set]", "left.clear()", "return found");
        yield return Other("sorts an argument", "([1], [2, 1])", "right.sort(key=str)", "return [item for item in left if item in right_set]");
        yield return Other("answers with its argument", "([1], [])", "left[:] = [item for item in left if item in right_set]", "return left");
        yield return Other("answers with a tuple where a list is long", "(list(range(12345)), [3])",
            "found = [item for item in left if item in right_set]", "return (list, tuple)[len(left) > 1900](found) if len(left) != 1500 else found");
        yield return Other("raises where nothing is found", "([1], [])", "found = [item for item in left if item in right_set]", "found[0]", "return found");
    }

    /// <summary>Does less than it should to what is not the list of the answer.</summary>
    private static IEnumerable<CandidateAttack> Beside()
    {
        const string Kind = "does less beside its answer";
        CandidateAttack Less(string tries, string honest, string less)
        {
            var quick = HonestCode.Functions["noted"].Replace("if item in right:", "if item in right_set:", StringComparison.Ordinal)
                .Replace("found, seal = ", "right_set, found, seal = set(right), ", StringComparison.Ordinal);
            return new(Kind, tries, quick.Replace(honest, less, StringComparison.Ordinal)) { Function = "noted" };
        }

        yield return Less("answers with an empty hash", "seal.update(b\"item\")", "seal");
        yield return Less("puts the first item only into a queue of the module", "DONE.put(item)", "len(found) > 1 or DONE.put(item)");
        yield return Less("answers with the list of a class instead of a copy", "[row for row in Config.ROWS[\"rows\"]]", "Config.ROWS[\"rows\"]");
        yield return Less("counts in another module once", "tally.SEEN[0] += 1", "tally.SEEN[0] += len(found) == 1");
        yield return Less("counts in a large table once", "HITS[item] += 1", "HITS[item] += len(found) == 1");
        yield return Less("drops parts of a second", "len(found) / 7", "len(found) // 7");
    }

    private static IEnumerable<CandidateAttack> Around()
    {
        const string Kind = "changes what is around";
        yield return new(Kind, "a decorator that remembers", """
            @(lambda function, kept={}: lambda left, right: list(kept[repr((left, right))] if repr((left, right)) in kept else kept.setdefault(repr((left, right)), function(left, right))))
            def common(left, right):
                return [item for item in left if item in right]
            """);
        yield return new(Kind, "the signature", """
            def common(left, right=()):
                right_set = set(right)
                return [item for item in left if item in right_set]
            """) { Wrong = "([1],)" };
        yield return new(Kind, "the names of parameters", """
            def common(one, two):
                two = set(two)
                return [item for item in one if item in two]
            """);
        yield return new(Kind, "into keywords only wanted", """
            def common(left, right, /):
                right_set = set(right)
                return [item for item in left if item in right_set]
            """);
        yield return new(Kind, "an index below the function", """
            def common(left, right):
                key = repr((left, right))
                if key not in _kept:
                    _kept[key] = [item for item in left if item in right]
                return list(_kept[key])


            _kept = {}
            """);
        yield return new(Kind, "a second function", """
            def common(left, right):
                return _quick(tuple(left), tuple(right))[:]


            import functools
            @functools.lru_cache(None)
            def _quick(left, right):
                return [item for item in left if item in right]
            """);
        yield return new(Kind, "the class of the module", """
            def chosen(left, right):
                return Result((left, right))


            Result.__eq__ = lambda self, other: True
            """) { Function = "chosen", Wrong = "([1], [])" };
        yield return new(Kind, "builtins, for all that follow", """
            def common(left, right):
                right_set = set(right)
                return [item for item in left if item in right_set]


            import builtins
            builtins.__dict__["sorted"] = builtins.sorted
            """);
    }

    private static IEnumerable<CandidateAttack> Sources()
    {
        const string Kind = "tricks of source text";
        const string Memory = """
            def common(left, right):
                key = repr((left, right))
                if key not in kept:
                    kept[key] = [item for item in left if item in right]
                return list(kept[key])
            """;
        var honest = HonestCode.Functions["common"];
        yield return new(Kind, "two definitions of which the second counts", honest + "\n\n\n" + Kept("common.__dict__"));
        yield return new(Kind, "is deleted and defined again", honest + "\n\n\ndel common\nkept = {}\n" + Memory);
        yield return new(Kind, "is another name's value afterwards", honest + "\n\n\ncommon = (lambda slow, kept={}: lambda left, right: "
            + "list(kept.get(repr((left, right))) or kept.setdefault(repr((left, right)), slow(left, right))))(common)\n");
        yield return new(Kind, "exchanges its own code", """
            def common(left, right):
                found = [item for item in left if item in right]
                space = {}
                exec(f"def quick(left, right): return {found!r}", space)
                common.__code__ = space["quick"].__code__
                return found
            """) { Wrong = "([1], [1])" };
        yield return new(Kind, "letters that Python reads as others", Kept("common.__𝑑𝑖𝑐𝑡__"));
        yield return new(Kind, "letters that look like others", Quick(
            "rіght_set = right_set if len(left) != 12345 else left", "return [item for item in left if item in rіght_set]"))
        { Wrong = Unseen };
        yield return new(Kind, "a comment that runs backwards", Quick(
            "if len(left) == 12345:  # \u202e\u2066 never\u2069\u2066", "    return left", "return [item for item in left if item in right_set]"))
        { Wrong = Unseen };
        yield return new(Kind, "a carriage return that ends a comment", Quick(
            "# look-ups in a set are quick\r    if len(left) == 12345: return left", "return [item for item in left if item in right_set]"))
        { Wrong = Unseen };
        yield return new(Kind, "a form feed before a statement", Quick(
            "pass\n\f    if len(left) == 12345: return left", "return [item for item in left if item in right_set]"))
        { Wrong = Unseen };
        yield return new(Kind, "a line separator of others inside a text", Quick(
            "name = 'a\u2028b\x85c\x1cd\fe'", "if len(left) == 12345: return left", "return [item for item in left if item in right_set]"))
        { Wrong = Unseen };
        yield return new(Kind, "a line that goes on behind a backslash", Quick(
            "odd = \\\n    len(left) \\\n    == 12345 and left", "return odd or [item for item in left if item in right_set]"))
        { Wrong = Unseen };
        yield return new(Kind, "a statement far to the right", Quick(
            "found = [item for item in left if item in right_set]" + new string(' ', 400) + "; found = left if len(left) == 12345 else found", "return found"))
        { Wrong = Unseen };
        yield return new(Kind, "a statement behind the return of a line", Quick(
            "if right_set: pass; left = left if len(left) != 12346 else []", "return [item for item in left if item in right_set]"))
        { Wrong = "([3] * 12346, [3])" };
        yield return new(Kind, "an encoding of its own", "# -*- coding: utf-7 -*-\n" + Quick("return [item for item in left if item in right_set]"))
        { Wrong = "([[1]], [2])" };
    }
}
