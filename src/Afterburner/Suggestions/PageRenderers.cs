using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Markdig.Extensions.Tables;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Renderers.Html.Inlines;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Afterburner.Suggestions;

/// <summary>
/// How the page differs from plain Markdown. Text of the repository is escaped before it gets here; should that ever
/// fail, it still becomes no markup: only the tags the report itself writes pass, and links and images show as text.
/// </summary>
internal static partial class PageRenderers
{
    /// <summary>Folded in a comment, where room is short; open on the page, which exists for it.</summary>
    private const string Evidence = "<details><summary>Evidence</summary>";

    /// <param name="drawings">What takes the place of the mark for the plots of a function, given its index.</param>
    public static void Use(HtmlRenderer renderer, Func<int, string> drawings)
    {
        renderer.ObjectRenderers.ReplaceOrAdd<HtmlBlockRenderer>(new OwnTags(drawings));
        renderer.ObjectRenderers.ReplaceOrAdd<HtmlInlineRenderer>(new TagAsText());
        renderer.ObjectRenderers.ReplaceOrAdd<LinkInlineRenderer>(new LinkAsText());
        renderer.ObjectRenderers.ReplaceOrAdd<AutolinkInlineRenderer>(new AddressAsText());
        renderer.ObjectRenderers.ReplaceOrAdd<CodeBlockRenderer>(new ColouredDiff());
        renderer.ObjectRenderers.ReplaceOrAdd<CodeInlineRenderer>(new CellCode());
        renderer.ObjectRenderers.ReplaceOrAdd<HtmlTableRenderer>(new ScrollingTable());
    }

    [GeneratedRegex(@"^(<details>(<summary>[A-Za-z0-9 ,]*</summary>)?|</details>)$")]
    private static partial Regex OwnTag();

    [GeneratedRegex(@"^<!-- afterburner:plots ([0-9]{1,6}) -->$")]
    private static partial Regex Mark();

    private sealed class OwnTags(Func<int, string> drawings) : HtmlObjectRenderer<HtmlBlock>
    {
        protected override void Write(HtmlRenderer renderer, HtmlBlock block)
        {
            foreach (var line in block.Lines.ToString().Split('\n'))
            {
                if (OwnTag().IsMatch(line))
                    renderer.WriteLine(line == Evidence ? Evidence.Replace("<details>", "<details open>", StringComparison.Ordinal) : line);
                else if (Mark().Match(line) is { Success: true } mark)
                    renderer.Write(drawings(int.Parse(mark.Groups[1].Value, CultureInfo.InvariantCulture)));
                else
                    renderer.WriteEscape(line).WriteLine();
            }
        }
    }

    private sealed class TagAsText : HtmlObjectRenderer<HtmlInline>
    {
        protected override void Write(HtmlRenderer renderer, HtmlInline tag) => renderer.WriteEscape(tag.Tag);
    }

    private sealed class LinkAsText : HtmlObjectRenderer<LinkInline>
    {
        protected override void Write(HtmlRenderer renderer, LinkInline link) => renderer.WriteChildren(link);
    }

    private sealed class AddressAsText : HtmlObjectRenderer<AutolinkInline>
    {
        protected override void Write(HtmlRenderer renderer, AutolinkInline address) => renderer.WriteEscape(address.Url);
    }

    /// <summary>In a table a bar inside a code span is written <c>\|</c>; the reader sees a bar.</summary>
    private sealed class CellCode : HtmlObjectRenderer<CodeInline>
    {
        protected override void Write(HtmlRenderer renderer, CodeInline code)
        {
            var inTable = code.Parent is { } parent && HasTable(parent);
            var text = inTable ? code.Content.Replace("\\|", "|", StringComparison.Ordinal) : code.Content;
            renderer.Write("<code>").WriteEscape(text).Write("</code>");
        }

        private static bool HasTable(ContainerInline inline)
        {
            var root = inline;
            while (root.Parent is { } parent)
                root = parent;
            for (Block? block = root.ParentBlock; block is not null; block = block.Parent)
            {
                if (block is Table)
                    return true;
            }

            return false;
        }
    }

    private sealed class ColouredDiff : HtmlObjectRenderer<CodeBlock>
    {
        protected override void Write(HtmlRenderer renderer, CodeBlock block)
        {
            renderer.Write("<pre class=\"diff\"><code>");
            foreach (var line in block.Lines.ToString().Split('\n'))
            {
                var style = line switch
                {
                    ['@', '@', ..] => "at",
                    _ when line.StartsWith("diff --git ", StringComparison.Ordinal)
                        || line.StartsWith("--- ", StringComparison.Ordinal)
                        || line.StartsWith("+++ ", StringComparison.Ordinal) => "file",
                    ['+', ..] => "add",
                    ['-', ..] => "del",
                    _ => "same",
                };
                renderer.Write($"<span class=\"{style}\">{WebUtility.HtmlEncode(line)}\n</span>");
            }

            renderer.WriteLine("</code></pre>");
        }
    }

    /// <summary>Columns are aligned by class: the page's policy allows no style attributes.</summary>
    private sealed class ScrollingTable : HtmlObjectRenderer<Table>
    {
        protected override void Write(HtmlRenderer renderer, Table table)
        {
            renderer.WriteLine("<div class=\"table\"><table>");
            foreach (var row in table.OfType<TableRow>())
            {
                renderer.Write(row.IsHeader ? "<thead><tr>" : "<tr>");
                for (var column = 0; column < row.Count; column++)
                {
                    var alignment = column < table.ColumnDefinitions.Count ? table.ColumnDefinitions[column].Alignment : null;
                    renderer.Write(row.IsHeader ? "<th" : "<td");
                    if (alignment is TableColumnAlign.Right or TableColumnAlign.Center)
                        renderer.Write(alignment == TableColumnAlign.Right ? " class=\"number\"" : " class=\"middle\"");
                    renderer.Write(">");
                    foreach (var text in ((TableCell)row[column]).OfType<LeafBlock>())
                        renderer.WriteLeafInline(text);
                    renderer.Write(row.IsHeader ? "</th>" : "</td>");
                }

                renderer.WriteLine(row.IsHeader ? "</tr></thead>" : "</tr>");
            }

            renderer.WriteLine("</table></div>");
        }
    }
}
