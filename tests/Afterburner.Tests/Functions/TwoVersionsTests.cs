using Afterburner.Functions;
using Afterburner.Languages.Python;
using Xunit;

namespace Afterburner.Tests.Functions;

/// <summary>Which function at base a function at head is compared with.</summary>
public sealed class TwoVersionsTests
{
    [Fact]
    public void A_getter_and_a_setter_are_told_apart_by_their_decorators_whatever_their_order()
    {
        var versions = new TwoVersions(
            [At(10, "property"), At(20, "items.setter")],
            [At(1, "items.setter"), At(5, "property")]);

        Assert.Equal(5, versions.Earlier(versions.Head[0], "m.py")!.StartLine);
        Assert.Equal(1, versions.Earlier(versions.Head[1], "m.py")!.StartLine);
    }

    [Fact]
    public void A_definition_put_before_the_one_in_force_does_not_take_its_place()
    {
        var versions = new TwoVersions([At(1), At(20)], [At(1)]);

        Assert.Equal(1, versions.Earlier(versions.Head[1], "m.py")!.StartLine);
        var two = new TwoVersions([At(1), At(20), At(30)], [At(3), At(9)]);
        Assert.Equal([3, 3, 9], two.Head.Select(f => two.Earlier(f, "m.py")!.StartLine));
    }

    [Fact]
    public void Branches_of_a_condition_are_paired_in_their_order()
    {
        var versions = new TwoVersions([At(4), At(9)], [At(2), At(5)]);

        Assert.Equal([2, 5], versions.Head.Select(f => versions.Earlier(f, "m.py")!.StartLine));
    }

    [Fact]
    public void A_function_that_got_a_decorator_is_still_compared_and_one_that_is_new_is_not()
    {
        var versions = new TwoVersions([At(4, "cache")], [At(2)]);

        Assert.Equal(2, versions.Earlier(versions.Head[0], "m.py")!.StartLine);
        Assert.Null(versions.Earlier(versions.Head[0], "other.py"));
        Assert.Null(versions.Earlier(versions.Head[0] with { Name = "C.new" }, "m.py"));
    }

    private static Function At(int line, params string[] decorators) =>
        new("m.py", PythonLanguage.Python, "C.items", line, line + 2, line * 10, line * 10 + 9, "def items(self): ...", decorators);
}
