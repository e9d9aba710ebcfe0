using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json;
using Afterburner.Evaluation.Tasks;

namespace Afterburner.Cli.Evaluate;

/// <summary>The data set that a user means.</summary>
internal static class DataSetChoice
{
    private const int MostTold = 5;

    /// <value>Where pulled data sets are.</value>
    public static string Folder => Path("datasets");

    /// <value>Where it is kept what people's programs cost on this machine.</value>
    public static string PeopleFolder => Path("evaluation");

    public static Argument<string> Argument() => new("FILE")
    {
        Description = $"A data set: a file (Venus, APPS, COFFE or ENAMEL as JSON Lines, Parquet or CSV), COFFE's folder, or a pulled one ({DataSetCatalogue.Names})",
    };

    public static string Path(string said, string here) => DataSetCatalogue.Resolve(said, here, Folder);

    /// <summary>Says what of it could not be read.</summary>
    public static void TellBad(DataSet data)
    {
        foreach (var bad in data.Bad.Take(MostTold))
            Console.WriteLine($"left out: {VisibleText.Line(bad.ToString())}");
        if (data.Bad.Count > MostTold)
            Console.WriteLine($"left out: {data.Bad.Count - MostTold} more");
    }

    /// <summary>Says whether a data set is the same as another time.</summary>
    public static string Digest(DataSet data) => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(data.Tasks)))[..16];

    private static string Path(string name) => System.IO.Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "afterburner", name);
}
