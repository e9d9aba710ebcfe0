// See Calls/ValueShapes.cs: this is compiled into assemblies of the repository too.
#nullable disable
#pragma warning disable
namespace Afterburner.CSharp.Capturing.Recording
{
    using System;
    using System.Collections;
    using System.Collections.Generic;
    using System.Diagnostics;
    using System.IO;
    using System.Reflection;
    using System.Text;
    using System.Threading;
    using Afterburner.CSharp.Calls;

    /// <summary>
    /// Hears of the calls that watched functions tell of, in the processes of the tests, and of tests that begin. Each assembly with a watched function has one of its own; which test
    /// runs they all know, by a value that they share.
    /// </summary>
    internal static class CallRecorder
    {
        private const string Shared = "Afterburner.RunningTest", Plan = "AFTERBURNER_CAPTURE", Project = "AFTERBURNER_CAPTURE_PROJECT";
        private const int MostShapes = 300, Slowest = 24, OfShapes = 24, AtRandom = 12, Often = 50;

        private static readonly object Gate = new object();
        private static readonly AsyncLocal<string[]> Running = Run();
        private static readonly RecorderPlan Told = RecorderPlan.Read(Environment.GetEnvironmentVariable(Plan));
        private static readonly string ProjectOf = Environment.GetEnvironmentVariable(Project) ?? "";
        private static readonly string Out = Told == null ? null : Path.Combine(Told.Out, Process.GetCurrentProcess().Id + "-" + Guid.NewGuid().ToString("N"));
        private static readonly Dictionary<string, CallCount> Counts = new Dictionary<string, CallCount>(StringComparer.Ordinal);
        private static readonly Stopwatch Clock = Stopwatch.StartNew();
        private static ulong _chance = Told == null ? 0 : unchecked((ulong)Told.Seed * 2 + 1);
        private static bool _changed;
        private static long _written;

        // Of the test that ran on this thread last: to look up names at each call takes longer than most calls.
        [ThreadStatic]
        private static string[] _last;

        [ThreadStatic]
        private static Dictionary<int, CallsInTest> _inLast;

        // What is done here may run watched functions: a comparer, an enumerator.
        [ThreadStatic]
        private static bool _busy;

        static CallRecorder()
        {
            if (Told == null || Told.Records)
                return;
            AppDomain.CurrentDomain.ProcessExit += (s, e) => Finish(0);
            // A test host may be ended without a word.
            new Thread(() =>
            {
                for (; ; )
                {
                    Thread.Sleep(2 * Often);
                    Finish(Often);
                }
            })
            { IsBackground = true }.Start();
        }

        /// <summary>A test begins; it ends when the answer is disposed of.</summary>
        public static IDisposable Test(Type type, string method)
        {
            if (Told == null)
                return null;
            var before = Running.Value;
            string exact = null;
            _busy = true;
            try
            {
                exact = Exact();
            }
            catch (Exception)
            {
                // Then the method has to do.
            }
            finally
            {
                _busy = false;
            }

            Running.Value = new[] { exact, (type.FullName ?? type.Name) + "." + method };
            return new TestEnd(before);
        }

        /// <summary>A watched function is called.</summary>
        /// <returns>What is to be told of the call; null for nothing.</returns>
        public static WatchedCall Enter(int number)
        {
            if (Told == null || _busy)
                return null;
            var target = Told.Targets[number];
            var running = Running.Value;
            lock (Gate)
            {
                _changed = true;
                target.Calls++;
                if (running == null)
                    return null;
                var call = new WatchedCall { Target = target, Exact = running[0], Method = running[1] };
                var calls = CallsOf(number, running);
                // Either may turn out to be what the test is called.
                call.ExactCall = calls.Exact == null ? -1 : calls.Exact.Count++;
                call.MethodCall = calls.Method.Count++;
                if (Told.Records)
                {
                    call.Asks = true;
                    return target.Picks.TryGetValue(ProjectOf + "\n" + (call.Exact == null ? "~" + call.Method + "\n" + call.MethodCall : "=" + call.Exact + "\n" + call.ExactCall), out call.Pick) ? call : null;
                }

                call.Spent = calls.Spent;
                call.Spent.Calls++;
                call.Asks = target.Calls <= MostShapes;
                call.Start = Stopwatch.GetTimestamp();
                return call;
            }
        }

        /// <summary>What the call is made with; to be told before anything else is done.</summary>
        public static void Tell(WatchedCall call, Type[] types, object self, object[] arguments)
        {
            if (_busy)
                return;
            _busy = true;
            try
            {
                if (Told.Records)
                    Store(call, types, self, arguments);
                else
                    Look(call, arguments);
            }
            catch (Exception)
            {
                // Nothing of this may reach the tests.
            }
            finally
            {
                _busy = false;
            }

            call.Start = Stopwatch.GetTimestamp();
        }

        /// <returns>False: the exception goes on.</returns>
        public static bool Raised(WatchedCall call)
        {
            if (call != null)
                call.IsRaised = true;
            return false;
        }

        /// <summary>The call is over.</summary>
        public static void Leave(WatchedCall call)
        {
            if (call != null)
                Note(call, (Stopwatch.GetTimestamp() - call.Start) / (double)Stopwatch.Frequency);
        }

        /// <summary>A call whose end is not heard of: of what it does later nobody may read the end.</summary>
        public static void Begun(WatchedCall call)
        {
            if (call == null)
                return;
            call.IsLater = true;
            Note(call, 0);
        }

        private static AsyncLocal<string[]> Run()
        {
            lock (typeof(AppDomain))
            {
                var known = AppDomain.CurrentDomain.GetData(Shared) as AsyncLocal<string[]>;
                if (known == null)
                    AppDomain.CurrentDomain.SetData(Shared, known = new AsyncLocal<string[]>());
                return known;
            }
        }

        /// <summary>What its framework calls the running test, as reports have it; null where it does not say.</summary>
        private static string Exact()
        {
            var xunit = Type.GetType("Xunit.TestContext, xunit.v3.core");
            if (xunit != null)
            {
                var context = Of(xunit, null, "Current");
                var test = Of(context, "Test");
                var name = Of(test, "TestDisplayName") as string;
                var type = Of(Of(Of(test, "TestCase"), "TestMethod"), "TestClass");
                return Joined(Of(type, "TestClassName") as string ?? (Of(type, "Class") as Type)?.FullName, name);
            }

            var nunit = Type.GetType("NUnit.Framework.TestContext, nunit.framework");
            if (nunit == null)
                return null;
            var its = Of(Of(nunit, null, "CurrentContext"), "Test");
            return Joined(Of(its, "ClassName") as string, Of(its, "Name") as string);
        }

        private static string Joined(string type, string name)
        {
            return name == null ? null : ValueWords.Escaped(string.IsNullOrEmpty(type) || name.StartsWith(type + ".", StringComparison.Ordinal) ? name : type + "." + name);
        }

        private static object Of(object value, string name)
        {
            return value == null ? null : Of(value.GetType(), value, name);
        }

        private static object Of(Type type, object value, string name)
        {
            var property = type.GetProperty(name);
            if (property == null)
            {
                foreach (var each in type.GetInterfaces())
                    property = property ?? each.GetProperty(name);
            }

            return property == null ? null : property.GetValue(value, null);
        }

        private static CallsInTest CallsOf(int number, string[] running)
        {
            if (!ReferenceEquals(_last, running))
            {
                _last = running;
                _inLast = new Dictionary<int, CallsInTest>();
            }

            CallsInTest calls;
            if (!_inLast.TryGetValue(number, out calls))
                _inLast[number] = calls = new CallsInTest { Exact = running[0] == null ? null : CountOf(number, "=" + running[0]), Method = CountOf(number, "~" + running[1]), Spent = Told.Targets[number].SpentIn(running) };
            return calls;
        }

        private static CallCount CountOf(int number, string test)
        {
            var key = number + "\n" + test;
            CallCount count;
            if (!Counts.TryGetValue(key, out count))
                Counts[key] = count = new CallCount();
            return count;
        }

        private static void Look(WatchedCall call, object[] arguments)
        {
            var shape = ValueWords.ShapeOf(call.Target.Parameters, arguments);
            lock (Gate)
            {
                call.Shape = shape;
                for (var place = 0; place < arguments.Length && place < call.Target.Parameters.Length; place++)
                    call.Target.Observe(call.Target.Parameters[place], arguments[place]);
            }
        }

        private static void Note(WatchedCall call, double seconds)
        {
            lock (Gate)
            {
                var target = call.Target;
                _changed = true;
                call.Seconds = seconds;
                call.Spent.Seconds += seconds;
                if (call.Shape != null && target.Shapes.Count < OfShapes && !target.Shapes.ContainsKey(call.Shape))
                    target.Shapes[call.Shape] = call;
                if (target.Slowest.Count < Slowest || seconds > target.Slowest[target.Slowest.Count - 1].Seconds)
                {
                    var at = target.Slowest.FindIndex(c => c.Seconds < seconds);
                    target.Slowest.Insert(at < 0 ? target.Slowest.Count : at, call);
                    if (target.Slowest.Count > Slowest)
                        target.Slowest.RemoveAt(Slowest);
                }

                if (target.Random.Count < AtRandom)
                    target.Random.Add(call);
                else if (Chance(target.Calls) < AtRandom)
                    target.Random[(int)Chance(AtRandom)] = call;
            }
        }

        /// <summary>A number below another one, by the seed that was given: the repository's own numbers of chance are left alone.</summary>
        private static long Chance(long below)
        {
            _chance = unchecked(_chance * 6364136223846793005UL + 1442695040888963407UL);
            return (long)((_chance >> 33) % (ulong)below);
        }

        private static void Finish(int patience)
        {
            try
            {
                lock (Gate)
                {
                    if (!_changed || patience > 0 && Clock.ElapsedMilliseconds - _written < patience)
                        return;
                    _changed = false;
                    var start = Clock.ElapsedMilliseconds;
                    // Moved there, as a process may be ended while it writes.
                    using (var writer = new BinaryWriter(File.Create(Out + ".part"), Encoding.UTF8))
                    {
                        foreach (var target in Told.Targets)
                        {
                            if (target.Calls > 0)
                                target.Write(writer, ProjectOf);
                        }
                    }

                    File.Delete(Out + ".survey");
                    File.Move(Out + ".part", Out + ".survey");
                    // No more than a tenth of the time.
                    _written = Clock.ElapsedMilliseconds + 9 * (Clock.ElapsedMilliseconds - start);
                }
            }
            catch (Exception)
            {
                // What was written last counts then.
            }
        }

        private static void Store(WatchedCall call, Type[] types, object self, object[] arguments)
        {
            byte[] blob = null;
            string why = null, shape = "";
            try
            {
                shape = ValueWords.ShapeOf(call.Target.Parameters, arguments);
                blob = CallBlob.Write(self, arguments, types, Told.CallBytes, Told.Seconds);
            }
            catch (ValueRefusedException e)
            {
                why = "it " + e.Message;
            }
            catch (Exception e)
            {
                why = "it cannot be written down (" + e.GetType().Name + ": " + e.Message + ")";
            }

            lock (Gate)
            {
                if (blob != null && call.Target.Bytes + blob.Length > Told.TargetBytes)
                {
                    blob = null;
                    why = "others of the function are stored, and together they are too large";
                }

                call.Target.Bytes += blob == null ? 0 : blob.Length;
                using (var writer = new BinaryWriter(new FileStream(Out + ".calls", FileMode.Append, FileAccess.Write), Encoding.UTF8))
                {
                    writer.Write(call.Target.Id);
                    writer.Write(call.Pick.Rank);
                    writer.Write(shape);
                    writer.Write(why ?? "");
                    writer.Write(blob == null ? 0 : blob.Length);
                    writer.Write(blob ?? new byte[0]);
                }
            }
        }

        private sealed class TestEnd : IDisposable
        {
            private readonly string[] _before;

            public TestEnd(string[] before)
            {
                _before = before;
            }

            public void Dispose()
            {
                Running.Value = _before;
                if (!Told.Records)
                    Finish(Often);
            }
        }
    }
}
