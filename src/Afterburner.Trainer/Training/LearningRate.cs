namespace Afterburner.Trainer.Training;

/// <summary>Rises in a straight line, then falls along a cosine (SGDR, arXiv 1608.03983).</summary>
/// <param name="Highest">Reached after the warm-up, above 0.</param>
/// <param name="WarmUp">Steps until then.</param>
/// <param name="Steps">Steps of the whole training.</param>
/// <param name="Lowest">Share of the highest that is left at the end, 0 to 1.</param>
public sealed record LearningRate(double Highest, int WarmUp, int Steps, double Lowest = 0)
{
    /// <param name="step">From 0.</param>
    public double At(int step)
    {
        if (step < WarmUp)
            return Highest * (step + 1) / WarmUp;
        var way = Steps <= WarmUp ? 1 : Math.Clamp((step - WarmUp) / (double)(Steps - WarmUp), 0, 1);
        return Highest * (Lowest + ((1 - Lowest) * 0.5 * (1 + Math.Cos(Math.PI * way))));
    }
}
