using Afterburner.Evaluation.Programs;

namespace Afterburner.Evaluation.Rewards;

/// <summary>Weights and bounds of the reward (arXiv 2505.23387, equations 6 to 9 and appendix D.5), as printed.</summary>
public sealed record RewardOptions
{
    /// <value>Weight of the form. Defaults to 0.2.</value>
    public double Form { get; init; } = 0.2;

    /// <value>Weight of passing. Defaults to 0.5; the paper's training fell apart with less.</value>
    public double Correctness { get; init; } = 0.5;

    /// <value>Weight of efficiency. Defaults to 0.3; the paper raises it to 0.5 while it trains.</value>
    public double Efficiency { get; init; } = 0.3;

    /// <value>CPU seconds that count at most. Defaults to 90.</value>
    public double MostSeconds { get; init; } = 90;

    /// <value>Peak bytes that count at most. Defaults to 1 GiB.</value>
    public double MostBytes { get; init; } = 1_048_576 * 1024.0;

    /// <value>Byte-seconds that count at most. Defaults to 90 GiB-seconds.</value>
    public double MostByteSeconds { get; init; } = 94_371_840 * 1024.0;

    /// <value>
    /// Share of what starting a program takes that is the epsilon of the efficiency, and so what a difference has to be large beside: what is taken out of a measurement is
    /// known no better. Defaults to 0.1; the paper's 1e-9 rewards noise where a program takes next to nothing.
    /// </value>
    public double Noise { get; init; } = 0.1;

    /// <summary>The bound of an objective.</summary>
    public double Most(ObjectiveKind objective) => objective switch
    {
        ObjectiveKind.Time => MostSeconds,
        ObjectiveKind.Memory => MostBytes,
        ObjectiveKind.Integral => MostByteSeconds,
    };
}

/// <summary>The parts of a reward, and their weighted sum.</summary>
/// <param name="Form">1 where the reply has the form that was asked for, else -1.</param>
/// <param name="Correctness">1 from failing to passing, 0.5 from passing to passing, -0.5 from failing to failing, -1 from passing to failing.</param>
/// <param name="Efficiency">Hyperbolic tangent of the share of the cost that was saved; below 0 where it costs more; 0 where the new program fails.</param>
public sealed record Reward(double Form, double Correctness, double Efficiency, double Total)
{
    private const double Least = 1e-9;

    /// <param name="hasForm">Whether the reply has the form that was asked for.</param>
    /// <param name="before">The program in the prompt. Null where there was none, which counts as one that fails.</param>
    /// <param name="after">The program in the reply.</param>
    /// <param name="starting">What a program that does nothing costs, which was taken out of both; 0 where nothing was.</param>
    public static Reward Of(bool hasForm, Measurement? before, Measurement after, ObjectiveKind objective, RewardOptions options, double starting = 0)
    {
        var form = hasForm ? 1.0 : -1.0;
        var correctness = (before is { Passed: true }, after.Passed) switch
        {
            (false, true) => 1.0,
            (true, true) => 0.5,
            (false, false) => -0.5,
            (true, false) => -1.0,
        };
        var efficiency = after.Passed ? Math.Tanh(Gain(before, after, objective, options.Most(objective), Math.Max(Least, options.Noise * starting))) : 0;
        return new Reward(form, correctness, efficiency, (options.Form * form) + (options.Correctness * correctness) + (options.Efficiency * efficiency));
    }

    /// <summary>(E_in - E_out) / (E_in + ε). A program that fails costs what counts at most.</summary>
    private static double Gain(Measurement? before, Measurement after, ObjectiveKind objective, double most, double epsilon)
    {
        var was = before is { Passed: true } ? Math.Clamp(before.Of(objective), 0, most) : most;
        var now = Math.Clamp(after.Of(objective), 0, most);
        return (was - now) / (was + epsilon);
    }
}
