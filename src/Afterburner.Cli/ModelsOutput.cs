using Afterburner.Proposers.Downloads;
using System.Text.Json.Nodes;
using Afterburner.Proposers.Models;
using Spectre.Console;

namespace Afterburner.Cli;

/// <summary>What <c>afterburner models</c> prints.</summary>
internal static class ModelsOutput
{
    public static Table Table(ModelFolder folder, IReadOnlyDictionary<string, LockedFile> locked)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("Name", "For", "Parameters", "Download", "Memory", "Context", "Licence", "Here");
        foreach (var column in table.Columns)
            column.NoWrap();
        table.Columns[1].NoWrap = false;
        foreach (var model in ModelCatalogue.Models)
            table.AddRow(
                model.Name, Markup.Escape($"{Machine(model.Tier)}: {model.Purpose}"), $"{model.Parameters}\n{model.Quantisation}",
                Quantities.Bytes(model.Bytes), $"about {Quantities.Bytes(model.MemoryBytes)}", $"{model.ContextTokens / 1024}K", model.Licence,
                IsHere(folder, locked, model.File) ? "[green]yes[/]" : "");
        foreach (var (file, model) in locked.Where(l => ModelCatalogue.Models.All(m => m.File != l.Key)))
            table.AddRow(
                Markup.Escape(file), Markup.Escape($"pulled from {model.Url}"), "", Quantities.Bytes(model.Bytes), "", "", "",
                IsHere(folder, locked, file) ? "[green]yes[/]" : "[red]missing[/]");
        return table.Caption(Markup.Escape(folder.Path));
    }

    public static JsonObject Json(ModelFolder folder, IReadOnlyDictionary<string, LockedFile> locked) => new()
    {
        ["version"] = 1,
        ["directory"] = folder.Path,
        ["models"] = new JsonArray([.. ModelCatalogue.Models.Select(m => (JsonNode)new JsonObject
        {
            ["name"] = m.Name, ["purpose"] = m.Purpose, ["tier"] = Machine(m.Tier), ["parameters"] = m.Parameters,
            ["quantisation"] = m.Quantisation, ["bytes"] = m.Bytes, ["memoryBytes"] = m.MemoryBytes, ["contextTokens"] = m.ContextTokens,
            ["licence"] = m.Licence, ["url"] = m.Url.ToString(), ["sha256"] = m.Sha256, ["file"] = m.File,
            ["here"] = IsHere(folder, locked, m.File),
        })]),
        ["others"] = new JsonArray([.. locked.Where(l => ModelCatalogue.Models.All(m => m.File != l.Key)).Select(l => (JsonNode)new JsonObject
        {
            ["file"] = l.Key, ["bytes"] = l.Value.Bytes, ["url"] = l.Value.Url, ["sha256"] = l.Value.Sha256,
            ["here"] = IsHere(folder, locked, l.Key),
        })]),
    };

    public static JsonObject Json(ModelFolder folder, IReadOnlyList<ModelFinding> findings) => new()
    {
        ["version"] = 1,
        ["directory"] = folder.Path,
        ["sound"] = findings.All(f => f.State == ModelState.Sound),
        ["files"] = new JsonArray([.. findings.Select(f => (JsonNode)new JsonObject
        {
            ["file"] = f.File, ["state"] = Word(f.State), ["advice"] = f.Advice,
        })]),
    };

    public static string Word(ModelState state) => state switch
    {
        ModelState.Sound => "sound",
        ModelState.Missing => "missing",
        ModelState.Changed => "changed",
        ModelState.Unlisted => "unlisted",
        ModelState.Partial => "partial",
    };

    private static string Machine(ModelTier tier) => tier switch
    {
        ModelTier.Cpu => "CPU",
        ModelTier.Gpu24 => "24 GB GPU",
        ModelTier.Gpu80 => "80 GB GPU",
    };

    private static bool IsHere(ModelFolder folder, IReadOnlyDictionary<string, LockedFile> locked, string file) =>
        locked.ContainsKey(file) && File.Exists(folder.PathOf(file));
}
