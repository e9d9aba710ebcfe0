using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using TorchSharp;

namespace Afterburner.Trainer;

/// <summary>Gets Torch's native library ready, and chooses where it computes.</summary>
public static class LibTorch
{
    private const string Bridge = "libLibTorchSharp.so";

    /// <summary>What the bridge asks of the C++ library, and older ones (that of Debian 12) lack. One symbol is of it, which is named and not needed.</summary>
    private const string Wanted = "GLIBCXX_3.4.32";

    private static readonly Lazy<bool> Ready = new(Prepare);

    /// <summary>Before the first use of Torch.</summary>
    /// <param name="threads">That compute at most.</param>
    /// <exception cref="EnvironmentFailureException">It does not start on this machine.</exception>
    public static void Start(int? threads = null)
    {
        _ = Ready.Value;
        if (threads is { } most)
            torch.set_num_threads(most);
    }

    /// <param name="name"><c>cpu</c>, <c>cuda</c>, or <c>auto</c> for a GPU where there is one.</param>
    /// <exception cref="UsageException">There is no such device.</exception>
    /// <exception cref="EnvironmentFailureException">Torch has no GPU here.</exception>
    public static torch.Device DeviceOf(string name)
    {
        Start();
        return name switch
        {
            "cpu" => torch.CPU,
            "auto" => torch.cuda.is_available() ? torch.CUDA : torch.CPU,
            "cuda" when torch.cuda.is_available() => torch.CUDA,
            "cuda" => throw new EnvironmentFailureException("Torch finds no GPU here. It needs an NVIDIA GPU with its driver, and a build with -p:Torch=cuda."),
            _ => throw new UsageException($"there is no device '{VisibleText.Line(name)}': use cpu, cuda or auto"),
        };
    }

    private static bool Prepare()
    {
        try
        {
            if (OperatingSystem.IsLinux())
            {
                foreach (var file in Directory.GetFiles(AppContext.BaseDirectory, Bridge, SearchOption.AllDirectories))
                    MakeWeak(file, Wanted);
            }

            torch.InitializeDeviceType(DeviceType.CPU);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or DllNotFoundException or TypeInitializationException)
        {
            throw new EnvironmentFailureException(
                $"Torch does not start on this machine ({RuntimeInformation.RuntimeIdentifier}): {e.Message.Split('\n')[0]}. It is built for Linux on x64 with glibc 2.28 or newer, and needs to write into {AppContext.BaseDirectory}.", e);
        }
    }

    /// <summary>
    /// Marks a version that a library asks of another one as one that may be missing (VER_FLG_WEAK of the ELF format, as <c>elf(5)</c> has it). A linked copy is replaced, not
    /// written into.
    /// </summary>
    internal static bool MakeWeak(string file, string version)
    {
        const int ProgramTypeLoad = 1, ProgramTypeDynamic = 2, Weak = 2;
        const ulong TagStrings = 5, TagNeeded = 0x6ffffffe, TagNeededCount = 0x6fffffff;
        var bytes = File.ReadAllBytes(file);
        var loaded = new List<(ulong Address, ulong Place, ulong Size)>();
        var (dynamic, end) = (0L, 0L);
        for (var i = 0; i < Short(0x38); i++)
        {
            var at = (long)Long(0x20) + ((long)i * Short(0x36));
            if (Word(at) == ProgramTypeLoad)
                loaded.Add((Long(at + 16), Long(at + 8), Long(at + 32)));
            else if (Word(at) == ProgramTypeDynamic)
                (dynamic, end) = ((long)Long(at + 8), (long)(Long(at + 8) + Long(at + 32)));
        }

        var (needed, count, strings) = (0L, 0UL, 0L);
        for (var at = dynamic; at < end; at += 16)
        {
            var (tag, value) = (Long(at), Long(at + 8));
            if (tag == TagNeeded)
                needed = Place(value);
            else if (tag == TagNeededCount)
                count = value;
            else if (tag == TagStrings)
                strings = Place(value);
        }

        var changed = false;
        for (; count > 0; count--)
        {
            var at = needed + Word(needed + 8);
            for (var i = 0; i < Short(needed + 2); i++)
            {
                var name = bytes.AsSpan((int)(strings + Word(at + 8)));
                if (Encoding.ASCII.GetString(name[..name.IndexOf((byte)0)]) == version && (Short(at + 4) & Weak) == 0)
                {
                    bytes[at + 4] |= Weak;
                    changed = true;
                }

                at += Word(at + 12);
            }

            needed += Word(needed + 12);
        }

        if (changed)
            Files.WholeFile.Write(file, stream => stream.Write(bytes));
        return changed;

        long Place(ulong address)
        {
            var part = loaded.First(l => address >= l.Address && address < l.Address + l.Size);
            return (long)(address - part.Address + part.Place);
        }

        ulong Long(long at) => BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan((int)at));

        uint Word(long at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan((int)at));

        ushort Short(long at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan((int)at));
    }
}
