#nullable disable
#pragma warning disable
namespace Afterburner.CSharp.Capturing.Recording
{
    using System;
    using System.Collections.Generic;
    using System.IO;
    using System.Text;

    /// <summary>A call that is to be stored.</summary>
    internal sealed class RecorderPick
    {
        public int Rank;
    }

    /// <summary>What the recorder is told: in the processes of the tests it can only be read from a file.</summary>
    internal sealed class RecorderPlan
    {
        /// <summary>Whether calls are stored; else they are surveyed.</summary>
        public bool Records;
        public string Out;
        public long Seed;
        public double Seconds;
        public long CallBytes, TargetBytes;
        public WatchedTarget[] Targets;

        /// <returns>Null where there is none.</returns>
        public static RecorderPlan Read(string path)
        {
            if (string.IsNullOrEmpty(path) || !File.Exists(path))
                return null;
            using (var reader = new BinaryReader(File.OpenRead(path), Encoding.UTF8))
            {
                var plan = new RecorderPlan
                {
                    Records = reader.ReadBoolean(), Out = reader.ReadString(), Seed = reader.ReadInt64(), Seconds = reader.ReadDouble(), CallBytes = reader.ReadInt64(), TargetBytes = reader.ReadInt64(),
                };
                plan.Targets = new WatchedTarget[reader.ReadInt32()];
                for (var each = 0; each < plan.Targets.Length; each++)
                {
                    var target = plan.Targets[each] = new WatchedTarget { Id = reader.ReadString(), Parameters = new string[reader.ReadInt32()] };
                    for (var parameter = 0; parameter < target.Parameters.Length; parameter++)
                        target.Parameters[parameter] = reader.ReadString();
                    for (var rest = reader.ReadInt32(); rest > 0; rest--)
                        target.Picks[reader.ReadString()] = new RecorderPick { Rank = reader.ReadInt32() };
                }

                return plan;
            }
        }

        public void Write(string path)
        {
            using (var writer = new BinaryWriter(File.Create(path), Encoding.UTF8))
            {
                writer.Write(Records);
                writer.Write(Out);
                writer.Write(Seed);
                writer.Write(Seconds);
                writer.Write(CallBytes);
                writer.Write(TargetBytes);
                writer.Write(Targets.Length);
                foreach (var target in Targets)
                {
                    writer.Write(target.Id);
                    writer.Write(target.Parameters.Length);
                    foreach (var parameter in target.Parameters)
                        writer.Write(parameter);
                    writer.Write(target.Picks.Count);
                    foreach (var pick in target.Picks)
                    {
                        writer.Write(pick.Key);
                        writer.Write(pick.Value.Rank);
                    }
                }
            }
        }
    }
}
