using Afterburner.Changes;

namespace Afterburner.Functions;

/// <summary>
/// What a language says of the text around functions: which functions a change reaches without touching a line of them, because what
/// they name is bound to something else at the level of their module or class.
/// </summary>
public interface ISurroundings
{
    /// <summary>Names that changed around the functions of each file, by its path at head, and what could not be compared.</summary>
    /// <param name="files">Each with the file that it was at base, all of this language.</param>
    Task<(IReadOnlyDictionary<string, IChangedNames> Changed, IReadOnlyList<LeftOut> LeftOut)> CompareAsync(
        AstGrep astGrep, IReadOnlyList<(SourceFile Head, SourceFile Base)> files, TwoVersions versions, CancellationToken cancellationToken);

    /// <summary>Whether a file of the same language may have anything of what changed around the functions of others. Reads its text alone.</summary>
    /// <param name="changed">What <see cref="CompareAsync"/> found.</param>
    bool MayImport(SourceFile file, IReadOnlyDictionary<string, IChangedNames> changed);

    /// <summary>Names of files that stand for what changed in others. Those that changed themselves take it in.</summary>
    /// <param name="files">That did not change.</param>
    /// <param name="functions">Of those.</param>
    /// <returns>Of the files that did not change those that have any of it.</returns>
    Task<IReadOnlyDictionary<string, IChangedNames>> ImportAsync(
        AstGrep astGrep, IReadOnlyList<SourceFile> files, IReadOnlyList<Function> functions, IReadOnlyDictionary<string, IChangedNames> changed, CancellationToken cancellationToken);

    /// <summary>Whether what works at each call of a function from outside (decorators, default values) is another than it was.</summary>
    bool IsCalledOtherwise(Function head, Function earlier);
}

/// <summary>The names of a file that are bound to something else than they were, outside of functions.</summary>
public interface IChangedNames
{
    /// <summary>A name that a function mentions and that changed; null where there is none.</summary>
    string? In(Function function);

    /// <summary>Whether a name that changed is evaluated where the function is defined.</summary>
    bool InSignature(Function function);

    /// <summary>What the name of a function, or of a class around it, is bound to beside its definition; null where it is nothing.</summary>
    string? Rebound(Function function);

    /// <summary>What a new function is called in the place of: the name that its class inherited; null where it is nothing.</summary>
    string? Replaced(Function function);
}
