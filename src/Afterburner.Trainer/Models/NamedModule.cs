using static TorchSharp.torch.nn;

namespace Afterburner.Trainer.Models;

/// <summary>A module whose parts have the names that they are registered by: Torch's would have those of fields as well.</summary>
public abstract class NamedModule(string name) : Module(name)
{
    protected override void RegisterComponents()
    {
        // Whoever derives from it registers its parts.
    }
}

/// <inheritdoc cref="NamedModule"/>
public abstract class NamedModule<TInput, TOutput>(string name) : Module<TInput, TOutput>(name)
{
    protected override void RegisterComponents()
    {
        // Whoever derives from it registers its parts.
    }
}
