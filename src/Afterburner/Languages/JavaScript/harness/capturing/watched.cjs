// Runs the tests with functions watched: their files, in this copy of the repository, are rewritten first.
'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { isModule } = require('../functions/parsing.cjs');
const { watch, parameters } = require('../functions/watching.cjs');
const { codeIn, named } = require('../functions/staging.cjs');
const { run } = require('../running/tests.cjs');

const RECORDER = path.join(__dirname, 'recorder.cjs');

const idOf = target => `${target.path}::${target.name}@${target.line}`;

/**
 * @param {object} request of the engine @param {object} plan what the recorder is told beside the targets
 * @returns {Promise<{ problem?: string, problems: Map<string, string>, rows: object[], loaded: Set<string> }>} rows: what the processes of the tests wrote;
 * loaded: rewritten files that they told of
 */
async function runWatched(request, emit, plan) {
  const out = fs.mkdtempSync(path.join(os.tmpdir(), 'afterburner-calls-'));
  const problems = new Map(), targets = [];
  const byFile = Map.groupBy ? Map.groupBy(request.targets, each => each.path) : group(request.targets);
  for (const [file, those] of byFile) {
    try {
      const text = fs.readFileSync(file, 'utf8');
      const watched = watch(text, file, isModule(path.resolve(file)), those.map(each => ({ id: idOf(each), name: each.name, line: each.line })), { timed: plan.timed });
      for (const [id, why] of watched.problems) problems.set(id, why);
      for (const [id, { node, isTimed }] of watched.functions) targets.push({ id, parameters: parameters(node), isLater: node.async || node.generator || plan.timed === true && !isTimed });
      fs.writeFileSync(file, watched.text);
    } catch (error) {
      for (const each of those) problems.set(idOf(each), `its file cannot be watched: ${error.message}`);
    }
  }
  // Only what is stored has to be named.
  if (plan.pass === 'record') {
    for (const file of codeIn(process.cwd())) {
      if (!byFile.has(file)) fs.writeFileSync(file, named(process.cwd(), file, fs.readFileSync(file, 'utf8')));
    }
  }
  const told = path.join(out, 'plan');
  fs.writeFileSync(told, JSON.stringify({ ...plan, targets, out, runner: request.runner ?? 'node', folder: path.resolve(request.folder ?? '') }));
  const ended = await run(request, emit, RECORDER, { AFTERBURNER_CAPTURE: told });
  const rows = [];
  for (const name of fs.readdirSync(out)) {
    const content = name === 'plan' ? '' : fs.readFileSync(path.join(out, name), 'utf8');
    for (const line of name.endsWith('.jsonl') ? content.split('\n') : []) if (line) rows.push(JSON.parse(line));
    if (name.endsWith('.json')) rows.push(...JSON.parse(content));
  }
  return { ...ended, problems, rows: rows.filter(row => !row.loaded), loaded: new Set(rows.flatMap(row => row.loaded ?? [])) };
}

function group(targets) {
  const found = new Map();
  for (const each of targets) found.set(each.path, [...found.get(each.path) ?? [], each]);
  return found;
}

module.exports = { runWatched, idOf };
