using Afterburner.Evaluation.Programs;
using Afterburner.Trainer.Models;
using Afterburner.Trainer.Training;

namespace Afterburner.Trainer.Miniature;

/// <summary>Sizes of the experiment: how large the model is, how much it is shown, and how it is judged.</summary>
public sealed record MiniatureOptions
{
    /// <value>Seeds of training; the data are the same for all. Defaults to 0, 1 and 2.</value>
    public IReadOnlyList<int> Seeds { get; init; } = [0, 1, 2];

    /// <value>Tokens of the model's own tokenizer. Defaults to 1,024.</value>
    public int Vocabulary { get; init; } = 1_024;

    /// <value>The model, but for its vocabulary. Defaults to 1.3 million weights.</value>
    public Qwen2Configuration Sizes { get; init; } = new(0, HiddenSize: 160, IntermediateSize: 448, Layers: 4, Heads: 4, KeyValueHeads: 2, ContextLength: 512);

    /// <value>
    /// What the base model begins with: rows of any tokens that come twice, short ones in small contexts first, longer ones next. Defaults to rows of up to 14, 40 and 96 tokens, at 1e-3: at 3e-3 none
    /// of them is learned, and long ones at once are not, either.
    /// </value>
    public IReadOnlyList<RowStage> Rows { get; init; } =
    [
        new(Texts: 11_200, Context: 128, Longest: 14, Training: OfRows with { Batch = 16, Together = 16 }),
        new(Texts: 1_600, Context: 256, Longest: 40, Training: OfRows),
        new(Texts: 1_200, Context: 512, Longest: 96, Training: OfRows),
    ];

    private static SftOptions OfRows => new() { LearningRate = 1e-3, WarmUp = 50, Batch = 8, Together = 8, RateAtEnd = 1, Lora = null, CheckpointEvery = 100 };

    /// <value>Texts of the base model, prompts and replies alike. Defaults to 32,000.</value>
    public int BaseExamples { get; init; } = 32_000;

    /// <value>Defaults to 1e-3, one pass, batches of 8 rows of the model's whole context.</value>
    public SftOptions Base { get; init; } = new() { LearningRate = 1e-3, WarmUp = 50, Batch = 8, Together = 8, RateAtEnd = 0.1, Lora = null, CheckpointEvery = 100 };

    /// <value>Examples of the cold start, drawn from the combinations that are trained on: they teach the form, and what tasks look like. Defaults to 3,200.</value>
    public int ColdExamples { get; init; } = 3_200;

    /// <value>Defaults to 1e-3, one pass, batches of 32.</value>
    public SftOptions Cold { get; init; } = new() { LearningRate = 1e-3, WarmUp = 50, Batch = 32, Together = 32, Lora = null, CheckpointEvery = 100 };

    /// <value>Tasks whose programs are measured for the three ways of training. Defaults to 96.</value>
    public int TrainedTasks { get; init; } = 96;

    /// <value>Tasks that models are judged by. Defaults to 48.</value>
    public int HeldOutTasks { get; init; } = 48;

    /// <value>Whether models are judged by other held-out tasks than those that the experiment is about: numbers are chosen by these, and what is shown is of the others. Defaults to false.</value>
    public bool IsDevelopment { get; init; }

    /// <value>Pairs, preferences and prompts that a task gives at most. Defaults to 20.</value>
    public int ExamplesOfTask { get; init; } = 20;

    /// <value>Defaults to 3e-4 in batches of 32, three passes.</value>
    public SftOptions Supervised { get; init; } = new() { LearningRate = 3e-4, WarmUp = 20, Batch = 32, Together = 32, Epochs = 3, Lora = null };

    /// <value>Defaults to 1e-5 in batches of 16, one pass.</value>
    public DpoOptions Preferred { get; init; } = new() { LearningRate = 1e-5, WarmUp = 20, Batch = 16, Together = 16, Epochs = 1, Lora = null };

    /// <value>Defaults to 2e-4, 8 prompts a step with 8 replies each, 60 steps.</value>
    public GrpoOptions Rewarded { get; init; } = new() { LearningRate = 2e-4, RateAtEnd = 0.1, WarmUp = 5, Batch = 8, Replies = 8, Together = 64, MostSteps = 60, CheckpointEvery = 20, LeastDifference = 0.03, Sampling = new SamplingOptions { MostTokens = 192 } };

    /// <value>How programs that are learned from are measured: many, and each of them roughly.</value>
    public ProgramOptions Learning { get; init; } = new() { Samples = 1, LongEnough = TimeSpan.FromMilliseconds(20), MostTime = TimeSpan.FromSeconds(2) };

    /// <value>How programs are measured that models are judged by.</value>
    public ProgramOptions Judging { get; init; } = new() { MostTime = TimeSpan.FromSeconds(2) };

    /// <value>Iterations of the loop after the first program. Defaults to 8, as in the paper's table 3.</value>
    public int Iterations { get; init; } = 8;

    /// <summary>Minutes instead of hours: shows that every stage works, and nothing of what the models are worth.</summary>
    public static MiniatureOptions Quick { get; } = new()
    {
        Seeds = [0], Vocabulary = 512, Sizes = new(0, HiddenSize: 64, IntermediateSize: 128, Layers: 2, Heads: 4, KeyValueHeads: 2, ContextLength: 512), Rows = [new(Texts: 64, Context: 128, Longest: 14, Training: OfRows with { WarmUp = 2 })], BaseExamples = 320, ColdExamples = 160, TrainedTasks = 3, HeldOutTasks = 2,
        ExamplesOfTask = 4, Iterations = 2,
        Learning = new ProgramOptions { Samples = 1, LongEnough = TimeSpan.Zero, MostPeople = 4 }, Judging = new ProgramOptions { Samples = 1, LongEnough = TimeSpan.Zero, MostPeople = 4 },
        Base = new SftOptions { LearningRate = 3e-3, WarmUp = 5, Batch = 4, Together = 4, Lora = null }, Cold = new SftOptions { LearningRate = 3e-3, WarmUp = 5, Batch = 16, Together = 16, Lora = null },
        Supervised = new SftOptions { LearningRate = 3e-4, WarmUp = 2, Batch = 8, Lora = null, MostSteps = 4 },
        Preferred = new DpoOptions { LearningRate = 5e-5, WarmUp = 2, Batch = 8, Lora = null, MostSteps = 4 },
        Rewarded = new GrpoOptions { LearningRate = 1e-4, Batch = 2, Replies = 4, MostSteps = 3, Sampling = new SamplingOptions { MostTokens = 64 } },
    };
}

/// <summary>Some of the rows that the base model begins with.</summary>
/// <param name="Texts">How many contexts, each full of rows.</param>
/// <param name="Context">Tokens of one.</param>
/// <param name="Longest">Tokens of a row at most; each comes twice.</param>
/// <param name="Training">One pass.</param>
public sealed record RowStage(int Texts, int Context, int Longest, SftOptions Training);
