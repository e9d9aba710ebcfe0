// Judges Python by ruff's rules. Usage: node lint.mjs FILE-OR-FOLDER...; prints a line for each finding, nothing when there are none.
// With --fix before the names it first applies the fixes that ruff calls safe.
import { readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createRequire } from "node:module";
import { applied } from "./edits.mjs";

const { Workspace, PositionEncoding } = createRequire(import.meta.url)("@astral-sh/ruff-wasm-nodejs");
const MostFixes = 500;

const options = {
  "target-version": "py39", // the oldest that the harness runs under
  "line-length": 160,
  lint: {
    select: ["E", "W", "F", "I", "B", "C4", "PIE", "RET", "RUF100", "SIM", "UP", "ANN201", "ANN205", "ANN206"],
    ignore: [
      "B023", // functions that are made in a loop are called within their turn of it
      "SIM105", // `contextlib.suppress` costs a call and a context on paths that are measured, and its body hides what may fail
      "SIM300", // `0 <= low and high < n` is a range, written in its order
    ],
  },
};
// Tests are found by their names and return nothing.
const untyped = { ...options, lint: { ...options.lint, ignore: [...options.lint.ignore, "ANN201"] } };

const words = process.argv.slice(2);
const fixing = words[0] === "--fix" && words.shift();
const workspaces = [options, untyped].map(o => new Workspace(o, PositionEncoding.Utf16));
for (const file of words.flatMap(pythonIn)) {
  const workspace = workspaces[/(^|\/)test_[^/]*$/.test(file) ? 1 : 0];
  const text = readFileSync(file, "utf8");
  const now = fixing ? fixed(workspace, text, file) : text;
  if (now !== text) writeFileSync(file, now);
  for (const found of findings(workspace, now, file))
    console.log(`${file}:${found.start_location.row}: ${found.code} ${found.message}`);
}

function pythonIn(path) {
  if (statSync(path).isDirectory()) return readdirSync(path).sort().flatMap(name => pythonIn(join(path, name)));
  return path.endsWith(".py") ? [path] : [];
}

function findings(workspace, text, file) {
  const found = workspace.check(text);
  // The package is not told what a file is called: a package's own file has a `__path__`.
  return file.endsWith("__init__.py") ? found.filter(f => !f.message.includes("`__path__`")) : found;
}

function fixed(workspace, text, file) {
  for (let count = 0; count < MostFixes; count++) {
    const next = findings(workspace, text, file).find(f => f.fix);
    if (!next) break;
    text = applied(text, next.fix.edits);
  }
  return text;
}
