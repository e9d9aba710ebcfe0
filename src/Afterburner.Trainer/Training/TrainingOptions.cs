using Afterburner.Trainer.Models;

namespace Afterburner.Trainer.Training;

/// <summary>What every way of training has.</summary>
public abstract record TrainingOptions
{
    /// <value>Reached after the warm-up, above 0.</value>
    public abstract double LearningRate { get; init; }

    /// <value>Steps until then, at least 0.</value>
    public abstract int WarmUp { get; init; }

    /// <value>Examples of a step, at least 1.</value>
    public abstract int Batch { get; init; }

    /// <value>How often all examples are gone through, at least 1.</value>
    public virtual int Epochs { get; init; } = 1;

    /// <value>Adapters that are trained; null for all weights.</value>
    public virtual LoraOptions? Lora { get; init; }

    /// <value>Examples that are computed at a time; a step adds up as many as it needs. Defaults to 8.</value>
    public int Together { get; init; } = 8;

    /// <value>Longest gradient, by its Euclidean norm. Defaults to 1, as in the paper.</value>
    public double MostGradient { get; init; } = 1;

    /// <value>Weight decay of AdamW, at least 0. Defaults to 0.</value>
    public double WeightDecay { get; init; }

    /// <value>Share of the learning rate that is left at the end, 0 to 1: it falls there along a cosine. Defaults to 0.</value>
    public virtual double RateAtEnd { get; init; }

    /// <value>Decides on the order of examples, and on whatever is drawn. Defaults to 0.</value>
    public long Seed { get; init; }

    /// <value>Steps between two checkpoints. Defaults to 50.</value>
    public int CheckpointEvery { get; init; } = 50;

    /// <value>Steps of the whole training at most. Defaults to null: as many as the examples make.</value>
    public int? MostSteps { get; init; }

    /// <exception cref="UsageException">A number is out of its range.</exception>
    public virtual void Check()
    {
        var wrong = new (bool Is, string What)[]
        {
            (!(LearningRate > 0 && double.IsFinite(LearningRate)), "learning-rate is above 0"), (!(RateAtEnd is >= 0 and <= 1), "the share of the rate at the end is 0 to 1"), (WarmUp < 0, "warm-up is at least 0"), (Batch < 1 || Together < 1, "batch and together are at least 1"),
            (Epochs < 1 || MostSteps < 1 || CheckpointEvery < 1, "epochs, steps and checkpoint-every are at least 1"), (!(MostGradient > 0), "the longest gradient is above 0"), (!(WeightDecay >= 0), "weight decay is at least 0"),
        }.FirstOrDefault(w => w.Is).What;
        if (wrong is not null)
            throw new UsageException($"of the training {wrong}");
    }
}

/// <summary>Supervised fine-tuning; defaults of the paper (arXiv 2505.23387, section 4 and appendix C).</summary>
public sealed record SftOptions : TrainingOptions
{
    /// <value>Defaults to 3e-5.</value>
    public override double LearningRate { get; init; } = 3e-5;

    /// <value>Defaults to 200.</value>
    public override int WarmUp { get; init; } = 200;

    /// <value>Defaults to 64.</value>
    public override int Batch { get; init; } = 64;

    /// <value>Defaults to rank 8 and alpha 16.</value>
    public override LoraOptions? Lora { get; init; } = new();

    /// <summary>Of the cold start, which teaches the form: all weights, 5e-5, 50 steps of warm-up, batches of 4.</summary>
    public static SftOptions ColdStart { get; } = new() { LearningRate = 5e-5, WarmUp = 50, Batch = 4, Lora = null };
}

/// <summary>Direct preference optimization; defaults of the paper (section 4 and appendix C).</summary>
public sealed record DpoOptions : TrainingOptions
{
    /// <value>Defaults to 4e-5.</value>
    public override double LearningRate { get; init; } = 4e-5;

    /// <value>Defaults to 300.</value>
    public override int WarmUp { get; init; } = 300;

    /// <value>Defaults to 16.</value>
    public override int Batch { get; init; } = 16;

    /// <value>Defaults to rank 16, alpha 16 and a dropout of 0.05.</value>
    public override LoraOptions? Lora { get; init; } = new() { Rank = 16, Dropout = 0.05 };

    /// <value>How far the model is held to the one that training began with, above 0. Defaults to 0.1.</value>
    public double Beta { get; init; } = 0.1;

    public override void Check()
    {
        base.Check();
        if (!(Beta > 0 && double.IsFinite(Beta)))
            throw new UsageException("of the training beta is above 0");
    }
}

/// <summary>Group relative policy optimization; defaults of the paper (section 4 and appendix C).</summary>
public sealed record GrpoOptions : TrainingOptions
{
    /// <value>Defaults to 1e-6.</value>
    public override double LearningRate { get; init; } = 1e-6;

    /// <value>Defaults to 0.</value>
    public override int WarmUp { get; init; }

    /// <value>Prompts of a step. Defaults to 32.</value>
    public override int Batch { get; init; } = 32;

    /// <value>Defaults to 20.</value>
    public override int Epochs { get; init; } = 20;

    /// <value>Defaults to 1, as verl's: the paper says 1e-6 and no more.</value>
    public override double RateAtEnd { get; init; } = 1;

    /// <value>Replies to each prompt, at least 2. Defaults to 16.</value>
    public int Replies { get; init; } = 16;

    /// <value>What is added to the weight of efficiency until the end, step by step. Defaults to 0.2: the paper raises it from 0.3 to 0.5.</value>
    public double EfficiencyRise { get; init; } = 0.2;

    /// <value>Difference between the rewards of a group at least; one that differs by no more teaches nothing. Defaults to 0.</value>
    public double LeastDifference { get; init; }

    /// <value>How replies are drawn. Defaults to a temperature of 1.</value>
    public SamplingOptions Sampling { get; init; } = new();

    /// <value>How far a token's ratio may be from 1 and still count. Defaults to 0.2; the paper does not say, its trainer (verl) has that.</value>
    public double Clip { get; init; } = 0.2;

    /// <value>How often the replies of a step are learned from. Defaults to 1.</value>
    public int Passes { get; init; } = 1;

    /// <value>Weight of the divergence from the model that training began with. Defaults to 0: the paper does without.</value>
    public double Divergence { get; init; }

    public override void Check()
    {
        base.Check();
        if (Replies < 2 || !(Clip is > 0 and < 1) || Passes < 1 || !(Divergence >= 0) || !(EfficiencyRise >= 0) || !(LeastDifference >= 0))
            throw new UsageException("of the training replies are at least 2, clip is between 0 and 1, passes are at least 1, and the weights of the divergence and of efficiency's rise at least 0");
        if (!(Sampling.Temperature > 0 && double.IsFinite(Sampling.Temperature)) || Sampling.MostTokens < 1 || !(Sampling.TopP is > 0 and <= 1))
            throw new UsageException("replies are drawn at a temperature above 0 (greedy ones are all alike), of at least one token");
    }
}
