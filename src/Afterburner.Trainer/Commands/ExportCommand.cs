using System.CommandLine;
using Afterburner.Cli;
using Afterburner.Trainer.Files;
using Afterburner.Trainer.Tokens;

namespace Afterburner.Trainer.Commands;

/// <summary><c>trainer export</c>: a model for llama.cpp.</summary>
internal static class ExportCommand
{
    public static Command Create()
    {
        var model = new Option<DirectoryInfo>("--model") { Description = "Folder of a model: config.json, model.safetensors, tokenizer.json", Required = true, HelpName = "DIR" };
        var file = new Option<FileInfo>("--out") { Description = "The file that is written", Required = true, HelpName = "FILE.gguf" };
        var precision = new Option<GgufPrecision>("--precision") { Description = "How weights are stored: f32, f16 or q8", DefaultValueFactory = _ => GgufPrecision.F16 };
        var command = new Command("export", "Write a model as GGUF, for llama.cpp and --proposer llama") { model, file, precision };
        command.SetAction(parsed =>
        {
            LibTorch.Start();
            var folder = parsed.GetValue(model)!.FullName;
            var tokenizer = HuggingFaceFolder.ReadTokenizer(folder);
            using var read = HuggingFaceFolder.ReadModel(folder);
            var target = parsed.GetValue(file)!;
            GgufWriter.Write(target.FullName, read, tokenizer, Path.GetFileNameWithoutExtension(target.Name), new PromptForm(tokenizer).End, parsed.GetValue(precision));
            Console.WriteLine($"{target.FullName}: {new FileInfo(target.FullName).Length} bytes");
            return ExitCode.Done;
        });
        return command;
    }
}
