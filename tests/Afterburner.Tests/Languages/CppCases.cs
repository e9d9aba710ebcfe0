namespace Afterburner.Tests.Languages;

/// <summary>The cases of <see cref="RuntimeCases"/> that tests alone can tell, in C++: each is a file with a program that tests it.</summary>
internal static class CppCases
{
    private const string Summed = "int f(const int* xs, int n) {\n    int t = 0;\n    for (int i = 0; i < n; i++) t += xs[i];\n    return t;\n}";
    private const string Checked = "f(xs, 3) == 6";

    /// <summary>Compiles and runs every program. One that does not say that it came to its end has no outcome.</summary>
    public const string Script = """
        echo '<testsuites><testsuite name="cases">' > junit.xml
        for program in cases/*_test.cpp; do
            name="$(basename "$program" _test.cpp)"
            end=failed
            if g++ -o program "$program" > printed 2>&1; then
                ( ulimit -f 2000; ./program > printed 2>&1 ) && end=passed
                grep -q "^checked $name" printed || { [ "$end" = passed ] && end=missing; }
            fi
            text="$(tail -c 600 printed | tr -cd ' -~\n' | sed 's/&/\&amp;/g; s/</\&lt;/g; s/>/\&gt;/g')"
            case "$end" in
                passed) echo "<testcase classname=\"cases\" name=\"$name\" time=\"0.01\"/>" >> junit.xml ;;
                failed) echo "<testcase classname=\"cases\" name=\"$name\"><failure>$text</failure></testcase>" >> junit.xml ;;
            esac
        done
        echo '</testsuite></testsuites>' >> junit.xml
        """;

    public static IReadOnlyDictionary<string, CaseSources> All { get; } = new[]
    {
        Case("writes_a_loop_otherwise", Summed, "int f(const int* xs, int n) {\n    int t = 0;\n    while (n-- > 0) t += *xs++;\n    return t;\n}", Checked),
        Case(
            "fails_a_test_that_looks_at_more_than_answers", "int f(const int* xs, int n) {\n    int t = 0;\n    for (int i = 0; i < n; i++, looked++) t += xs[i];\n    return t;\n}",
            "int f(const int* xs, int n) {\n    int t = 0;\n    for (int i = 0; i < n; i++) t += xs[i];\n    return t;\n}", Checked + " && looked == 3", before: "int looked = 0;"),
        Case("answers_wrongly_where_a_test_looks", Summed, "int f(const int* xs, int n) {\n    return n;\n}", Checked),
        Case("answers_wrongly_where_no_test_looks", Summed, "int f(const int* xs, int n) {\n    return n;\n}", "f(xs, 3) > 0"),
        Case("cannot_be_parsed", Summed, "int f(const int* xs, int n) {\n    return (n;\n}", Checked),
        Case("names_what_does_not_exist", Summed, "int f(const int* xs, int n) {\n    return total(xs, n);\n}", Checked),
        Case("crashes", Summed, "int f(const int* xs, int n) {\n    __builtin_trap();\n}", Checked),
        Case("never_ends", Summed, "int f(const int* xs, int n) {\n    for (volatile int i = 0; i < 1;) { }\n    return n;\n}", Checked),
        Case("ends_the_process_as_if_all_were_well", Summed, "int f(const int* xs, int n) {\n    exit(0);\n}", Checked),
        Case("prints_without_end", Summed, "int f(const int* xs, int n) {\n    for (;;) puts(\"more\");\n}", Checked),
    }.ToDictionary(c => c.Name, c => c.Sources);

    private static (string Name, CaseSources Sources) Case(string name, string original, string candidate, string check, string before = "")
    {
        var test = $$"""
            #include <stdio.h>
            #include <stdlib.h>
            #include "{{name}}.cpp"
            int main() {
                int xs[] = {1, 2, 3};
                if (!({{check}})) return 1;
                puts("checked {{name}}");
                return 0;
            }

            """;
        return (name, new CaseSources($"cases/{name}.cpp", "f", candidate, new Dictionary<string, string>
        {
            [$"cases/{name}.cpp"] = $"{before}\n{original}\n", [$"cases/{name}_test.cpp"] = test,
        }));
    }
}
