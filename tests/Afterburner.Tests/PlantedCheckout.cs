namespace Afterburner.Tests;

/// <summary>
/// What a hostile author can leave in a checkout: a program of every name that this machine knows, in its root and in its
/// <c>bin</c>, and a configuration of every kind. Whatever of it is used leaves a mark outside.
/// </summary>
internal sealed class PlantedCheckout : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _root;

    /// <param name="root">The work tree. What is planted is not committed, nor seen by git.</param>
    public PlantedCheckout(string root)
    {
        _root = root;
        File.AppendAllText(Path.Combine(root, ".git", "info", "exclude"), "*\n");
        foreach (var folder in new[] { "bin", "node_modules/.bin" })
            Directory.CreateDirectory(Path.Combine(root, folder));
        var program = Write("planted-program", $"#!/bin/sh\necho \"program $0\" >> '{Marks}'\nexit 1\n", executable: true);
        string[] names = [.. ProgramPath.Current.Folders.SelectMany(Directory.EnumerateFiles).Select(f => Path.GetFileName(f)!), "bwrap", "docker", "sudo", "ast-grep", "npm"];
        foreach (var name in names.Distinct().Where(n => !File.Exists(Path.Combine(root, n))))
        {
            File.CreateSymbolicLink(Path.Combine(root, name), program);
            File.CreateSymbolicLink(Path.Combine(root, "bin", name), program);
        }

        foreach (var package in new[] { "cli-linux-x64-gnu", "cli-linux-arm64-gnu" })
            Write($"node_modules/@ast-grep/{package}/ast-grep", File.ReadAllText(program), executable: true);
        PlantConfigurations();
    }

    /// <summary>PATH of somebody who trusts the folder they are in, and whose earlier step put the checkout's programs first.</summary>
    public string TrustingPath => $".::bin:{_root}/bin:{_root}:{Environment.GetEnvironmentVariable("PATH")}";

    /// <summary>What was used, a line each.</summary>
    public string Used => File.Exists(Marks) ? File.ReadAllText(Marks) : "";

    private string Marks => Path.Combine(_folder.Path, "used");

    private void PlantConfigurations()
    {
        Write("global.json", """{ "sdk": { "version": "10.0.999", "paths": [ ".sdk" ], "rollForward": "disable" } }""");
        Write(".sdk/sdk/10.0.999/dotnet.dll", "not a program");
        foreach (var name in new[] { "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props", "Directory.Solution.props" })
        {
            Write(name, $"""
                <Project InitialTargets="Planted">
                  <Target Name="Planted"><WriteLinesToFile File="{Marks}" Lines="{name}" /></Target>
                </Project>
                """);
        }

        foreach (var name in new[] { "Directory.Build.rsp", "MSBuild.rsp" })
            Write(name, "-t:NoSuchTarget\n");
        foreach (var name in new[] { "nuget.config", "NuGet.config", "NuGet.Config" })
            Write(name, """<configuration><packageSources><clear /><add key="x" value="/nowhere/packages" /></packageSources><config><add key="globalPackagesFolder" value="packages-of-others" /></config></configuration>""");
        Write(".editorconfig", "root = true\n[*.cs]\ndotnet_diagnostic.CS8019.severity = error\n");
        Write(".globalconfig", "is_global = true\nglobal_level = 9999\ndotnet_diagnostic.CS8019.severity = error\ndotnet_diagnostic.CA1822.severity = error\n");
        Write("mark.js", $"require('fs').appendFileSync('{Marks}', 'mark.js\\n')\n");
        Write(".npmrc", $"registry=http://127.0.0.1:9/\nnode-options=--require {_root}/mark.js\nscript-shell={_root}/sh\nignore-scripts=false\n");
        Write("package.json", """{ "name": "planted", "workspaces": ["*", "*/*", "*/*/*"], "packageManager": "npm@1.0.0", "scripts": { "preinstall": "node mark.js" } }""");
        foreach (var module in new[] { "json", "pytest", "sitecustomize", "usercustomize", "re", "os" })
            Write(module + ".py", $"open('{Marks}', 'a').write('{module}.py\\n')\n");
        foreach (var name in new[] { ".env", ".envrc", ".bashrc", ".bash_profile", ".profile" })
            Write(name, $"echo '{name}' >> '{Marks}'\n");
        foreach (var name in new[] { ".python-version", ".node-version", ".nvmrc", ".tool-versions" })
            Write(name, "of-others\n");
        Write("sgconfig.yml", "ruleDirs: [nowhere]\n");
        Write("omnisharp.json", "{}");
        Write("runtimes/linux-x64/native/libllama.so", "not a library");
    }

    private string Write(string name, string text, bool executable = false)
    {
        var path = Path.Combine(_root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        if (executable && !OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
        return path;
    }

    public void Dispose() => _folder.Dispose();
}
