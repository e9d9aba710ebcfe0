using Afterburner.Functions;
using Afterburner.Languages.Python;
using Xunit;

namespace Afterburner.Tests.Languages;

/// <summary>Which functions of a file that nobody touched have something of what changed in another file.</summary>
public sealed class ImportedNamesTests
{
    private const string Before = "KNOWN = [1]\nOTHER = 1\n\n\nclass Limits:\n    most = 1\n\n\ndef helper(x):\n    return x\n";
    private const string After = "KNOWN = {1}\nOTHER = 1\n\n\nclass Limits:\n    most = 2\n\n\ndef helper(x, y=1):\n    return x\n";

    [Theory]
    [InlineData("from shop.words import KNOWN", "KNOWN", "KNOWN")]
    [InlineData("from shop.words import OTHER, KNOWN as known", "known", "known")]
    [InlineData("from .words import KNOWN", "KNOWN", "KNOWN")]
    [InlineData("from shop.words import *", "KNOWN", "KNOWN")]
    [InlineData("from shop import words", "words.KNOWN", "words.KNOWN")]
    [InlineData("from . import words as w", "w.KNOWN", "w.KNOWN")]
    [InlineData("import shop.words", "shop.words.KNOWN", "words.KNOWN")]
    [InlineData("import shop.words as w", "w.KNOWN", "w.KNOWN")]
    [InlineData("try:\n    from shop.words import KNOWN\nexcept ImportError:\n    KNOWN = []", "KNOWN", "KNOWN")]
    [InlineData("from shop.words import KNOWN\nTABLE = {k: 1 for k in KNOWN}", "TABLE", "TABLE")]
    [InlineData("from shop.words import Limits", "Limits.most", "Limits.most")]
    [InlineData("from shop.words import Limits as L", "L.most", "L.most")]
    [InlineData("from shop.words import OTHER", "OTHER", null)]
    [InlineData("from shop.words import helper", "helper(1)", null)] // it is looked at itself
    [InlineData("from shop.others import KNOWN", "KNOWN", null)]
    [InlineData("from shop.words import KNOWN", "len([])", null)]
    [InlineData("KNOWN = [2]", "KNOWN", null)]
    public async Task A_function_is_found_by_the_way_in_which_its_file_imports_what_changed(string import, string use, string? named)
    {
        var cancel = TestContext.Current.CancellationToken;
        var surroundings = new PythonSurroundings();
        var astGrep = AstGrep.Find(await SharedSandbox.OpenAsync());
        const string Words = "src/shop/words.py";
        using var folder = new TemporaryFolder();
        using var earlier = new TemporaryFolder();
        folder.Write(Words, After);
        earlier.Write(Words, Before);
        folder.Write("src/shop/texts.py", $"{import}\n\n\ndef work(items):\n    return {use}\n");
        var finder = new FunctionFinder(astGrep);
        var versions = new TwoVersions((await finder.FindAsync(folder.Path, [Words], cancel)).Functions, (await finder.FindAsync(earlier.Path, [Words], cancel)).Functions);
        var (changed, _) = await surroundings.CompareAsync(astGrep, [(FunctionFinder.Read(folder.Path, Words).File!, FunctionFinder.Read(earlier.Path, Words).File!)], versions, cancel);
        var other = FunctionFinder.Read(folder.Path, "src/shop/texts.py").File!;

        var functions = (await finder.FindAsync(folder.Path, ["src/shop/texts.py"], cancel)).Functions;
        var found = await surroundings.ImportAsync(astGrep, [other], functions, changed, cancel);

        Assert.Equal(named, found.GetValueOrDefault(other.Path)?.In(Assert.Single(functions)));
        if (named is not null)
            Assert.True(surroundings.MayImport(other, changed));
    }
}
