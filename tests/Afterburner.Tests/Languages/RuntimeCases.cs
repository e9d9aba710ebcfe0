using Afterburner.Workloads;
using static Afterburner.Tests.Languages.Ending;

namespace Afterburner.Tests.Languages;

/// <summary>The definition of full depth, language by language the same.</summary>
internal static class RuntimeCases
{
    /// <summary>Stored calls, and static rules that say which lines and arms of a candidate have to run.</summary>
    private const Abilities Compared = Abilities.Replay | Abilities.Check;

    public static IReadOnlyList<RuntimeCase> All { get; } =
    [
        .. ByTests(), .. Equal(), .. Values(), .. Arguments(), .. Exceptions(), .. Ends(), .. Outputs(), .. Left(), .. Forged(), .. Later(),
        .. Called(), .. Namesakes(), .. Files(), .. Unrun(), .. Text(),
    ];

    private static RuntimeCase Case(string name, Ending right, Abilities needs = Compared) => new(name, needs, right);

    private static RuntimeCase Case(string name, string word) => Case(name, Rejected(word));

    /// <summary>What a language can be asked that only runs tests.</summary>
    private static IEnumerable<RuntimeCase> ByTests() =>
    [
        Case("writes_a_loop_otherwise", Verified, Abilities.None),
        Case("fails_a_test_that_looks_at_more_than_answers", Rejected("passed at the baseline and failed now"), Abilities.None),
        Case("answers_wrongly_where_a_test_looks", Rejected("return"), Abilities.None) with { ByTestsAlone = Rejected("passed at the baseline and failed now") },
        Case("answers_wrongly_where_no_test_looks", Rejected("return"), Abilities.None) with { ByTestsAlone = Verified },
        Case("cannot_be_parsed", Rejected("does not parse"), Abilities.None) with { ByTestsAlone = Rejected("error:") },
        Case("names_what_does_not_exist", Rejected("unproven"), Abilities.None) with { ByTestsAlone = Rejected("error:") },
        Case("crashes", Rejected("signal"), Abilities.None) with { ByTestsAlone = Rejected("passed at the baseline and failed now") },
        Case("never_ends", Rejected("did not finish"), Abilities.None) with { ByTestsAlone = Rejected("stopped after") },
        Case("ends_the_process_as_if_all_were_well", Rejected("exit"), Abilities.None) with { ByTestsAlone = Rejected("is missing now") },
        Case("prints_without_end", Rejected("did not finish"), Abilities.None) with { ByTestsAlone = Rejected("passed at the baseline and failed now") },
    ];

    private static IEnumerable<RuntimeCase> Equal() =>
    [
        Case("returns_early", Verified),
        Case("uses_another_data_structure", Verified),
        Case("adds_floats_in_another_order", Verified),
        Case("gives_not_a_number_again", Verified),
        Case("gives_the_same_set_in_another_order", Verified),
        Case("raises_the_same_in_another_place", Verified),
        Case("prints_the_same_at_once", Verified),
        Case("changes_its_argument_as_before", Verified),
        Case("reads_a_global_as_before", Verified),
        Case("counts_in_a_global_as_before", Verified),
        Case("has_a_function_inside", Verified),
        Case("imports_what_is_pure", Verified),
        Case("is_decorated_as_before", Verified),
        Case("is_a_method_as_before", Verified),
        Case("is_a_class_method_as_before", Verified),
        Case("is_a_static_method_as_before", Verified),
        Case("is_a_constructor_as_before", Verified),
    ];

    private static IEnumerable<RuntimeCase> Values() =>
    [
        Case("gives_another_type_of_number", "(int) != "),
        Case("gives_another_kind_of_sequence", "return"),
        Case("gives_true_for_one", "return"),
        Case("gives_another_order", "return"),
        Case("gives_an_order_of_chance", "return"),
        Case("gives_keys_in_another_order", "keys in another order"),
        Case("leaves_a_key_out", "missing"),
        Case("gives_a_number_for_not_a_number", "return"),
        Case("gives_another_sign_of_zero", "-0.0"),
        Case("rounds_beyond_the_tolerance", "return"),
        Case("folds_text_in_another_way", "return"),
        Case("differs_on_an_empty_input", "return"),
        Case("gives_nothing_for_an_empty_answer", "None"),
        Case("loses_digits_of_a_large_number", "return"),
    ];

    private static IEnumerable<RuntimeCase> Arguments() =>
    [
        Case("changes_an_argument", "afterwards"),
        Case("changes_an_argument_no_longer", "afterwards"),
        Case("changes_a_part_of_an_argument", "afterwards"),
        Case("gives_the_argument_itself", "same object"),
        Case("gives_one_list_several_times", "same object"),
        Case("gives_out_a_list_of_the_module", "values of the module in the answer"),
    ];

    private static IEnumerable<RuntimeCase> Exceptions() =>
    [
        Case("raises_another_type", "(ValueError) != "),
        Case("raises_another_message", "exception: message"),
        Case("raises_from_another_cause", "exception"),
        Case("raises_where_the_original_does_not", "raised"),
        Case("swallows_an_exception", "raised"),
    ];

    private static IEnumerable<RuntimeCase> Ends() =>
    [
        Case("calls_itself_without_end", "RecursionError"),
        Case("raises_what_ends_the_process", "SystemExit"),
        Case("kills_itself", "signal"),
        Case("asks_for_more_memory_than_there_is", "MemoryError"),
    ];

    private static IEnumerable<RuntimeCase> Outputs() =>
    [
        Case("prints_otherwise", "printed"),
        Case("prints_no_longer", "no longer calls"),
        Case("prints_an_error_otherwise", "printed"),
        Case("logs_otherwise", "logged"),
        Case("warns_otherwise", "warned"),
    ];

    private static IEnumerable<RuntimeCase> Left() =>
    [
        Case("remembers_in_a_global", "state"),
        Case("remembers_in_a_new_global", "outlive the call"),
        Case("remembers_in_itself", "outlives the call"),
        Case("remembers_in_a_default", "changes the arguments"),
        Case("remembers_in_a_class", "outlive"),
        Case("remembers_in_another_module", "state"),
        Case("remembers_by_a_decorator", "decorat"),
        Case("counts_in_a_global_otherwise", "COUNTS"),
        Case("uses_up_more_of_an_iterator", "COUNT"),
        Case("uses_up_more_chance", "random"),
        Case("sets_a_variable_of_the_environment", "outlives the call"),
        Case("leaves_a_thread_behind", "thread"),
        Case("looks_at_the_clock", "clock"),
    ];

    private static IEnumerable<RuntimeCase> Forged() =>
    [
        Case("answers_with_what_equals_everything", "return"),
        Case("answers_with_a_text_that_lies", "return"),
        Case("answers_with_a_property_that_lies", "return"),
        Case("answers_with_what_is_stored_as_something_else", "class"),
        Case("looks_for_the_harness", "looks for the harness"),
        Case("looks_at_who_calls", "inspects frames"),
        Case("reads_a_global_by_its_name", "globals"),
        Case("writes_into_the_answers", "its answer is"),
    ];

    private static IEnumerable<RuntimeCase> Later() =>
    [
        Case("yields_the_same", Verified),
        Case("yields_in_another_order", "return[0]"),
        Case("yields_one_more", "return"),
        Case("does_at_once_what_was_done_later", "return"),
        Case("does_not_clean_up_when_closed", "which has a `finally`, was never left by an exception"),
        Case("waits_and_gives_the_same", Verified),
        Case("waits_and_gives_something_else", "return"),
        Case("enters_and_leaves_as_before", Verified),
        Case("does_not_enter_what_the_original_enters", "no longer enters"),
    ];

    private static IEnumerable<RuntimeCase> Called() =>
    [
        Case("calls_back_as_before", Verified),
        Case("calls_back_in_another_order", "afterwards"),
        Case("calls_back_more_often", "afterwards"),
    ];

    private static IEnumerable<RuntimeCase> Namesakes() =>
    [
        Case("is_a_getter_as_before", Verified),
        Case("is_a_getter_that_differs", "return"),
        Case("is_a_setter_as_before", Verified),
        Case("is_a_setter_that_differs", "afterwards"),
        Case("is_the_branch_of_two_that_is_used", Verified),
        Case("is_the_branch_of_two_that_is_used_and_differs", "return"),
        Case("is_the_branch_of_two_that_is_not_used", Skipped("no test reaches it")),
    ];

    private static IEnumerable<RuntimeCase> Files() =>
    [
        Case("writes_the_same_file_at_once", Verified),
        Case("writes_another_text", "effects"),
        Case("writes_no_file", "effects"),
        Case("writes_one_more_file", "opens files"),
    ];

    private static IEnumerable<RuntimeCase> Unrun() =>
    [
        Case("is_reached_by_none", Skipped("no test reaches it")),
        Case("answers_by_chance", Skipped("made again")),
        Case("has_a_line_that_never_runs", "Not exercised: no recorded call reaches"),
        Case("has_an_arm_that_never_runs", "never ran"),
        Case("drops_a_branch_that_never_ran", "Not exercised: the candidate replaces"),
        Case("is_wrong_on_a_number_that_it_names", "return"),
        Case("reads_an_option_no_longer", "reverse=True"),
    ];

    private static IEnumerable<RuntimeCase> Text() =>
    [
        Case("has_another_name", "There is no function"),
        Case("has_another_parameter", "changes the arguments"),
        Case("has_another_default", "changes the arguments"),
        Case("is_another_kind_of_function", "callers"),
        Case("brings_another_function", "changes something outside of"),
        Case("uses_what_is_not_known_to_be_pure", "not known to be pure"),
        Case("runs_text_as_code", "evaluates text as code"),
    ];
}
