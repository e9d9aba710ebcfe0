using Shelf;

var titles = Enumerable.Range(0, 12_000).Select(n => $"title {n}").ToList();
return Lists.Distinct(titles).Count == titles.Count ? 0 : 1;
