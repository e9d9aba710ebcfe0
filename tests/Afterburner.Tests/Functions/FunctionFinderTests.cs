using System.Text;
using Afterburner.Functions;
using Afterburner.Sandboxes;
using Xunit;

namespace Afterburner.Tests.Functions;

public sealed class FunctionFinderTests
{
    [Fact]
    public async Task Python_functions_are_named_by_class_and_nesting_and_carry_their_decorators()
    {
        var functions = await FindAsync("m.py", """
            def top(): pass

            class A:
                @staticmethod
                @cache(size=1)  # why
                def static(x):
                    def inner(): return 1
                    class Local:
                        def method(self): pass
                    return inner

                async def later(self): pass

                class B:
                    def deep(self): pass

            if True:
                def conditional(): pass

            handler = lambda: 1
            """);

        Assert.Equal(
            [
                "top 1-1", "A.static 4-10 [staticmethod, cache(size=1)]", "A.static.inner 7-7 in A.static", "A.static.Local.method 9-9 in A.static",
                "A.later 12-12", "A.B.deep 15-15", "conditional 18-18",
            ],
            functions.Select(Describe));
    }

    [Fact]
    public async Task Python_functions_that_only_say_what_others_take_are_none()
    {
        var functions = await FindAsync("m.py", """"
            class P(Protocol):
                def plain(self, x): ...
                def said(self, x):
                    """Says."""
                    ...
                def given(self): return ...

            @overload
            def f(x: int) -> int: ...
            @overload
            def f(x: str) -> str:
                ...  # nothing
            def f(x):
                return x
            async def later(): ...
            def both():
                ...
                return 1
            """");

        Assert.Equal(["P.said", "P.given", "f", "both"], functions.Select(f => f.Name));
    }

    [Fact]
    public async Task Spans_are_exact_bytes_in_files_with_a_byte_order_mark_carriage_returns_and_wide_characters()
    {
        var text = "\ufeff# é 😀\r\nclass Ä:\r\n\t@property\r\n\tdef größe(self):\r\n\t\treturn '😀\u2028'\r\n\r\n\r\nx = 1\r\n";

        var function = Assert.Single(await FindAsync("m.py", text));

        Assert.Equal("Ä.größe 3-5 [property]", Describe(function));
        Assert.Equal("@property\r\n\tdef größe(self):\r\n\t\treturn '😀\u2028'", function.Source);
        Assert.Equal(function.Source, Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)[function.StartByte..function.EndByte]));
    }

    [Fact]
    public async Task JavaScript_functions_without_a_name_are_known_by_what_they_are_assigned_to()
    {
        var functions = await FindAsync("m.mjs", """
            export function top() { const inner = async x => x; return inner; }
            export default function () {}
            class A extends B { static #p = () => 1; get x() { return 1; } *[Symbol.iterator]() {} @dec() m() {} }
            const api = { 'get-it': () => 1, nested: { run() {} } };
            A.prototype.zap = function* () {};
            const K = class { m() {} };
            items.map(x => x + 1);
            """);

        Assert.Equal(
            [
                "top 1-1", "top.inner 1-1 in top", "default 2-2", "A.#p 3-3", "A.x 3-3", "A.[Symbol.iterator] 3-3", "A.m 3-3 [dec()]",
                "api.get-it 4-4", "api.nested.run 4-4", "A.prototype.zap 5-5", "K.m 6-6",
            ],
            functions.Select(Describe));
    }

    [Theory]
    [InlineData("m.ts")]
    [InlineData("m.tsx")]
    public async Task TypeScript_decorators_before_a_method_belong_to_its_span(string path)
    {
        var functions = await FindAsync(path, """
            @component
            abstract class A<T> {
              @log(1) // why
              @memo
              async find<U>(x: U): Promise<void> { }
              @field private y = 1;
              handler = (e: Event): void => { };
              abstract none(): void;
            }
            namespace N.M { export function q(): number { return 1; } }
            function overload(x: string): void;
            function overload(x: unknown): void { }
            """);

        Assert.Equal(["A.find 3-5 [log(1), memo]", "A.handler 7-7", "N.M.q 10-10", "overload 12-12"], functions.Select(Describe));
        Assert.StartsWith("@log(1) // why", functions[0].Source, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CSharp_methods_constructors_and_local_functions_are_found()
    {
        var functions = await FindAsync("M.cs", """
            namespace X;
            public sealed record R(int A)
            {
                [Obsolete, Pure]
                public int F<T>(int x) => G();
                public R() : this(1) { int Local() { return 1; } }
                partial void None();
                interface I { int H() { return 1; } int J(); }
                [Fact] public void Works() { }
            }
            """);

        Assert.Equal(["R.F 4-5 [Obsolete, Pure]", "R.R 6-6", "R.R.Local 6-6 in R.R", "R.I.H 8-8"], functions.Select(Describe));
    }

    [Fact]
    public async Task Go_methods_are_named_by_their_receivers_type()
    {
        var functions = await FindAsync("m.go", """
            package x
            func (r *Ring[T]) Push(a int) {}
            func (Ring) Len() int { return 0 }
            func assembly(a int)
            func gen[T any](a T) T { return a }
            """);

        Assert.Equal(["Ring.Push 2-2", "Ring.Len 3-3", "gen 5-5"], functions.Select(Describe));
    }

    [Fact]
    public async Task Rust_attributes_belong_to_the_span_and_test_modules_are_left_out()
    {
        var found = await FindAllAsync("m.rs", """
            impl<T> Iterator for a::Ring<T> {
                /// Documented.
                #[inline]
                // and
                #[must_use]
                fn next(&mut self) -> u8 { #[allow(unused)] let y = 1; fn local() {} 1 }
            }
            trait Shape { fn area(&self) -> f64; fn double(&self) -> f64 { 2.0 } }
            mod geometry { pub fn scale() {} }
            #[test]
            fn alone() {}
            #[cfg(test)]
            mod tests { fn prepare() {} #[test] fn works() {} }
            """);

        Assert.Equal(
            ["Ring.next 3-6 [inline, must_use]", "Ring.next.local 6-6 in Ring.next", "Shape.double 8-8", "geometry.scale 9-9"],
            found.Functions.Select(Describe));
        Assert.Equal(["m.rs::alone", "m.rs::tests.prepare", "m.rs::tests.works"], found.LeftOut.Select(l => l.Path));
    }

    [Fact]
    public async Task Java_methods_of_classes_records_enums_and_interfaces_are_found()
    {
        var functions = await FindAsync("M.java", """
            class A<T> {
                @Override @Deprecated(since = "1")
                public <U> void f() { Runnable r = () -> {}; }
                abstract int none();
                A() { }
                static class B { int g() { return 1; } }
            }
            record R(int a) { R { } }
            enum E { X { void m() {} }; void n() {} }
            interface I { default void d() {} void e(); }
            """);

        Assert.Equal(
            ["A.f 2-3 [Override, Deprecated(since = \"1\")]", "A.A 5-5", "A.B.g 6-6", "R.R 8-8", "E.X.m 9-9", "E.n 9-9", "I.d 10-10"],
            functions.Select(Describe));
    }

    [Fact]
    public async Task Cpp_functions_are_named_alike_inside_and_outside_their_class()
    {
        var functions = await FindAsync("m.cpp", """
            namespace n {
            template <class T>
            struct S {
                [[nodiscard]] int f() { return 1; }
                S() = default;
                ~S() {}
                bool operator<(const S<T>& o) const { return false; }
            };
            template <class T>
            auto S<T>::g(int a) -> int { return a; }
            int* h() { return nullptr; }
            int declared(int);
            }
            """);

        Assert.Equal(["S.f 4-4 [nodiscard]", "S.~S 6-6", "S.operator< 7-7", "S.g 9-10", "h 11-11"], functions.Select(Describe));
    }

    [Fact]
    public async Task Functions_of_a_file_with_syntax_errors_are_still_found()
    {
        var functions = await FindAsync("m.py", "def before(): return 1\n\nx = = 2\n\ndef after():\n    return 2\n");

        Assert.Equal(["before 1-1", "after 5-6"], functions.Select(Describe));
    }

    [Fact]
    public async Task Files_that_are_not_read_are_reported_with_the_reason()
    {
        using var folder = new TemporaryFolder();
        folder.Write("latin.py", [.. "def f(): return '"u8, 0xe9, .. "'\n"u8]);
        folder.Write("old.py", "# one\r# two\ndef f(): pass\n");
        folder.Write("windows.py", "def g(): pass\r\n");
        folder.Write("big.py", new string('#', (1 << 20) + 1));
        folder.Write("notes.txt", "def f(): pass\n");
        folder.Write("real.py", "def f(): pass\n");
        File.CreateSymbolicLink(Path.Combine(folder.Path, "link.py"), "real.py");

        await using var sandbox = await OpenAsync();
        var found = await new FunctionFinder(AstGrep.Find(sandbox)).FindAsync(
            folder.Path, ["latin.py", "old.py", "big.py", "notes.txt", "link.py", "gone.py", "real.py", "windows.py"], Token);

        Assert.Equal(["real.py::f", "windows.py::g"], found.Functions.Select(f => f.Id));
        Assert.Equal(
            [
                "latin.py: not UTF-8", "old.py: it holds a carriage return that is no line end", "big.py: larger than 1 MiB", "notes.txt: not a language that Afterburner reads",
                "link.py: a link", "gone.py: not there",
            ],
            found.LeftOut.Select(l => $"{l.Path}: {l.Reason}"));
    }

    private static string Describe(Function f) =>
        $"{f.Name} {f.StartLine}-{f.EndLine}{(f.Decorators.Count == 0 ? "" : $" [{string.Join(", ", f.Decorators)}]")}{(f.Enclosing is null ? "" : " in " + f.Enclosing)}";

    private static async Task<IReadOnlyList<Function>> FindAsync(string path, string text) => (await FindAllAsync(path, text)).Functions;

    internal static async Task<FoundFunctions> FindAllAsync(string path, string text)
    {
        using var folder = new TemporaryFolder();
        folder.Write(path, text);
        await using var sandbox = await OpenAsync();
        return await new FunctionFinder(AstGrep.Find(sandbox)).FindAsync(folder.Path, [path], Token);
    }

    internal static Task<BubblewrapSandbox> OpenAsync() => BubblewrapSandbox.OpenAsync(new BubblewrapOptions(), TimeProvider.System, Token);

    private static CancellationToken Token => TestContext.Current.CancellationToken;
}
