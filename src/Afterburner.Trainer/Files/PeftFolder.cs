using System.Text.Json;
using System.Text.Json.Nodes;
using Afterburner.Trainer.Models;
using static TorchSharp.torch;

namespace Afterburner.Trainer.Files;

/// <summary>Adapters alone, as <see href="https://huggingface.co/docs/peft/developer_guides/checkpoint">PEFT</see> stores them: <c>adapter_config.json</c> and <c>adapter_model.safetensors</c>.</summary>
public static class PeftFolder
{
    public const string ConfigurationFile = "adapter_config.json", WeightsFile = "adapter_model.safetensors";

    /// <summary>What PEFT puts before the names of the model that it wraps.</summary>
    private const string Prefix = "base_model.model.";

    /// <param name="folder">Made where it is not there.</param>
    /// <param name="begins">Name or folder of the model that the adapters stand beside.</param>
    public static void Write(string folder, Qwen2Model model, LoraOptions options, string begins)
    {
        Directory.CreateDirectory(folder);
        SafeTensors.Write(Path.Combine(folder, WeightsFile), Lora.Adapted(model).Where(m => m.Map.IsAdapted).SelectMany(m => new (string, Tensor)[]
        {
            ($"{Prefix}{m.Name}.lora_A.weight", m.Map.Adapter!.Value.Down), ($"{Prefix}{m.Name}.lora_B.weight", m.Map.Adapter!.Value.Up),
        }));
        File.WriteAllText(Path.Combine(folder, ConfigurationFile), new JsonObject
        {
            ["peft_type"] = "LORA", ["task_type"] = "CAUSAL_LM", ["base_model_name_or_path"] = begins, ["r"] = options.Rank, ["lora_alpha"] = options.Alpha, ["lora_dropout"] = options.Dropout,
            ["target_modules"] = new JsonArray([.. options.Targets.Select(t => (JsonNode)t)]), ["bias"] = "none", ["fan_in_fan_out"] = false, ["inference_mode"] = true, ["use_rslora"] = false,
        }.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n");
    }
}
