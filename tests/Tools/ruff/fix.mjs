// Applies every fix of some families of ruff's rules, unsafe ones and those in preview too, one at a time until none is left.
// Reads {"select": ["PERF", ...], "files": {PATH: TEXT}} on standard input, writes {PATH: {"text", "codes", "problem"}}.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { applied } from "./edits.mjs";

const { Workspace, PositionEncoding } = createRequire(import.meta.url)("@astral-sh/ruff-wasm-nodejs");
const MostFixes = 200;

const { select, files } = JSON.parse(readFileSync(0, "utf8"));
const workspace = new Workspace(
  { "target-version": "py311", preview: true, lint: { select, preview: true } }, PositionEncoding.Utf16);
const answer = {};
for (const [path, text] of Object.entries(files)) answer[path] = fixed(text);
process.stdout.write(JSON.stringify({ version: Workspace.version(), files: answer }));

function fixed(text) {
  const seen = new Set([text]);
  const codes = [];
  while (codes.length < MostFixes) {
    const next = step(text, seen);
    if (next === null) return { text, codes, problem: null };
    ({ text } = next);
    seen.add(text);
    codes.push(next.code);
  }
  return { text, codes, problem: `more than ${MostFixes} fixes` };
}

/** The first fix whose outcome parses and was not seen before (two rules may undo each other); null when there is none. */
function step(text, seen) {
  for (const diagnostic of workspace.check(text)) {
    if (!diagnostic.fix) continue;
    const outcome = applied(text, diagnostic.fix.edits);
    if (!seen.has(outcome) && parses(outcome)) return { text: outcome, code: diagnostic.code };
  }
  return null;
}

function parses(text) {
  try {
    workspace.parse(text);
    return true;
  } catch {
    return false;
  }
}
