/** A text with the edits of one of ruff's fixes, which are by row and column. */
export function applied(text, edits) {
  const starts = [0];
  for (let i = text.indexOf("\n"); i >= 0; i = text.indexOf("\n", i + 1)) starts.push(i + 1);
  const offset = ({ row, column }) => Math.min(text.length, (starts[row - 1] ?? text.length) + column - 1);
  return edits
    .map(e => ({ start: offset(e.location), end: offset(e.end_location), content: e.content ?? "" }))
    .sort((a, b) => b.start - a.start || b.end - a.end)
    .reduce((t, e) => t.slice(0, e.start) + e.content + t.slice(e.end), text);
}
