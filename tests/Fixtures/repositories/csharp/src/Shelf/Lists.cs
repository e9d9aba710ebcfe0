namespace Shelf;

public sealed record Book(string Title, string Author, int Pages);

/// <summary>What is done with lists of books.</summary>
public static class Lists
{
    /// <summary>The titles of a list, each once, in the order in which they came.</summary>
    public static List<string> Distinct(IReadOnlyList<string> titles)
    {
        var kept = new List<string>();
        foreach (var title in titles)
        {
            if (!kept.Contains(title))
            {
                kept.Add(title);
            }
        }

        return kept;
    }

    /// <summary>The first letters of an author's names.</summary>
    public static string Initials(string author)
    {
        var initials = "";
        foreach (var name in author.Split(' '))
        {
            initials += name[0];
        }

        return initials;
    }

    /// <summary>Pages of all books together.</summary>
    public static int Pages(Book[] books)
    {
        var sum = 0;
        foreach (var book in books)
        {
            sum += book.Pages;
        }

        return sum;
    }
}
