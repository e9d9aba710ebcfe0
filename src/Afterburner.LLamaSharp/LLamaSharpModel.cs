using System.Runtime.CompilerServices;
using System.Text;
using Afterburner.Proposers.Llama;
using LLama;
using LLama.Batched;
using LLama.Common;
using LLama.Exceptions;
using LLama.Native;
using LLama.Sampling;

namespace Afterburner.LLamaSharp;

/// <summary>A GGUF model in this process, through LLamaSharp. Every reply has a context of its own, so that none sees another.</summary>
public sealed class LLamaSharpModel : ILocalModel
{
    private static string? _firstError;

    private readonly LLamaWeights _weights;
    private readonly ModelParams _parameters;

    private LLamaSharpModel(LLamaWeights weights, ModelParams parameters) => (_weights, _parameters) = (weights, parameters);

    public int ContextTokens => (int)_parameters.ContextSize!;

    public int TrainedContextTokens => _weights.ContextSize;

    /// <exception cref="EnvironmentFailureException">llama.cpp cannot be started here, or cannot load the model.</exception>
    /// <exception cref="UsageException">A longer context was asked for than the model was made for.</exception>
    public static async Task<ILocalModel> LoadAsync(LlamaOptions options, CancellationToken cancellationToken)
    {
        LLamaWeights? weights = null;
        try
        {
            // First of all: making parameters asks llama.cpp how many devices there are.
            NativeLogConfig.llama_log_set(Remember);
            _firstError = null;
            var parameters = new ModelParams(options.ModelPath) { GpuLayerCount = options.GpuLayers };
            if (options.GpuLayers > 0 && !NativeApi.llama_supports_gpu_offload())
                throw new EnvironmentFailureException("--gpu-layers: this program was built for the CPU alone. Start it with AFTERBURNER_LLAMASHARP=cuda12 ./afterburner.");
            weights = await LLamaWeights.LoadFromFileAsync(parameters, cancellationToken).ConfigureAwait(false);
            parameters.ContextSize = (uint)options.ContextFor(weights.ContextSize);
            return new LLamaSharpModel(weights, parameters);
        }
        catch (LoadWeightsFailedException e)
        {
            throw new EnvironmentFailureException($"llama.cpp cannot load '{options.ModelPath}': {_firstError ?? e.Message}", e);
        }
        catch (Exception e) when (e is RuntimeError or TypeInitializationException or DllNotFoundException or EntryPointNotFoundException)
        {
            throw new EnvironmentFailureException(
                $"llama.cpp cannot be started here ({e.GetBaseException().Message.Split('\n')[0].Trim()}). It needs libgomp1 (sudo apt-get install -y libgomp1), and CUDA 12 where it was built with -p:LLamaSharp=cuda12.", e);
        }
        catch
        {
            weights?.Dispose();
            throw;
        }
    }

    public string Format(IReadOnlyList<TemplateMessage> messages)
    {
        try
        {
            var template = new LLamaTemplate(_weights) { AddAssistant = true };
            foreach (var message in messages)
                template.Add(message.Role, message.Text);
            return LLamaTemplate.Encoding.GetString(template.Apply());
        }
        catch (Exception e) when (e is MissingTemplateException or TemplateNotFoundException)
        {
            throw new EnvironmentFailureException(
                $"'{_parameters.ModelPath}' has no chat template that llama.cpp knows: choose an instruction-tuned model (afterburner models list), or serve this one with llama-server --jinja and use --proposer chat.", e);
        }
    }

    public IReadOnlyList<int> Tokenize(string text, bool control, bool start) =>
        [.. _weights.Tokenize(text, add_bos: start, special: control, Encoding.UTF8).Select(t => (int)t)];

    public async IAsyncEnumerable<string> GenerateAsync(
        IReadOnlyList<int> prompt, Sampling sampling, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var executor = await Task.Run(Executor, cancellationToken).ConfigureAwait(false);
        using var conversation = executor.Create();
        using BaseSamplingPipeline pipeline = sampling.Temperature > 0
            ? new DefaultSamplingPipeline { Temperature = sampling.Temperature, Seed = sampling.Seed }
            : new GreedySamplingPipeline();
        var text = new StreamingTokenDecoder(executor.Context);
        conversation.Prompt(prompt.Select(t => (LLamaToken)t).ToList());
        for (var count = 0; count < sampling.MaxTokens; count++)
        {
            // A long prompt is read in batches, so that a cancelled one ends after the batch it is at.
            while (conversation.RequiresInference)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var status = await executor.Infer(cancellationToken).ConfigureAwait(false);
                if (status != DecodeResult.Ok)
                    throw new EnvironmentFailureException($"llama.cpp stopped in the middle of a reply ({status}): use a smaller --context, or a smaller model.");
            }

            var token = pipeline.Sample(executor.Context.NativeHandle, conversation.GetSampleIndex());
            if (token.IsEndOfGeneration(_weights.Vocab))
                yield break;
            text.Add(token);
            yield return text.Read();
            conversation.Prompt(token);
        }
    }

    public void Dispose() => _weights.Dispose();

    private BatchedExecutor Executor()
    {
        _firstError = null;
        try
        {
            return new BatchedExecutor(_weights, _parameters);
        }
        catch (RuntimeError e)
        {
            throw new EnvironmentFailureException(
                $"there is not enough memory for a context of {ContextTokens} tokens ({_firstError ?? e.Message}): use a smaller --context, fewer --gpu-layers, or a smaller model.", e);
        }
    }

    /// <summary>llama.cpp's own log stays out of the program's output; its first error goes into messages, later ones only say that it failed.</summary>
    private static void Remember(LLamaLogLevel level, string message)
    {
        if (level == LLamaLogLevel.Error)
            _firstError ??= message.Trim();
    }
}
