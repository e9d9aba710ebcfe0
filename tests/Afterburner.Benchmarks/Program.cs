using Afterburner.Benchmarks;

return args is [var name, .. var rest]
    ? name switch
    {
        "recipes" => await RecipesBenchmark.RunAsync(rest),
        _ => Usage(),
    }
    : Usage();

static int Usage()
{
    Console.Error.WriteLine("usage: dotnet run -c Release --project tests/Afterburner.Benchmarks -- recipes");
    return 2;
}
