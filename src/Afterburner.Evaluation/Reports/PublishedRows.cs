namespace Afterburner.Evaluation.Reports;

/// <summary>A row that somebody published, in percent.</summary>
/// <param name="DataSet">What it was measured on: another one than the one at hand cannot be compared, only looked at.</param>
public sealed record PublishedRow(string DataSet, string Name, double Pass, double Time, double Memory, double Integral)
{
    /// <summary>Of the paper (arXiv 2505.23387): tables 1 and 9, figures for the trained models.</summary>
    public static IReadOnlyList<PublishedRow> All { get; } =
    [
        new("Venus", "Qwen2.5-3B", 27.99, 12.40, 13.24, 10.29),
        new("Venus", "Qwen2.5-Coder-7B", 52.21, 20.66, 25.21, 16.78),
        new("Venus", "GPT-4o", 82.26, 38.22, 42.09, 28.89),
        new("Venus", "o4-mini", 89.11, 56.85, 53.41, 45.71),
        new("Venus", "Afterburner SFT, iteration 10", 48.67, 26.78, 25.30, 22.50),
        new("Venus", "Afterburner DPO, iteration 10", 51.67, 30.92, 27.69, 29.51),
        new("Venus", "Afterburner GRPO, iteration 10", 61.67, 45.17, 48.05, 38.95),
        new("APPS", "Qwen2.5-3B", 9.67, 5.10, 5.48, 3.80),
        new("APPS", "GPT-4o", 46.23, 26.30, 26.47, 19.76),
        new("APPS", "o4-mini", 78.81, 40.07, 41.00, 28.76),
    ];
}
