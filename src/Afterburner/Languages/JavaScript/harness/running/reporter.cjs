// A reporter for Node's own test runner: one JSON message a line, as the protocol has them.
'use strict';

const path = require('node:path');
const { fileURLToPath } = require('node:url');

const LONGEST_TEXT = 3000;

/** The id of a test: its file, and its names from outside to inside. */
function idOf(file, names) {
  const at = file.startsWith('file:') ? fileURLToPath(file) : file;
  return [path.relative(process.cwd(), at), names.join(' > ')].filter(Boolean).join('::');
}

function outcomeOf(type, data) {
  if (data.skip !== undefined && data.skip !== false) return 'skipped';
  if (data.todo !== undefined && data.todo !== false) return type === 'test:pass' ? 'xpassed' : 'xfailed';
  return type === 'test:pass' ? 'passed' : 'failed';
}

function textOf(error) {
  const cause = error?.cause ?? error;
  const text = String(cause?.stack ?? cause?.message ?? cause ?? '');
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}...` : text;
}

/** The messages of one event. `open` holds the names of what is running, by file. */
function* messages({ type, data }, open) {
  if (type !== 'test:start' && type !== 'test:pass' && type !== 'test:fail' || !data.file) return;
  const isFile = data.nesting === 0 && (data.name === data.file || path.resolve(data.name) === data.file);
  const names = open.get(data.file) ?? [];
  names.length = data.nesting;
  names.push(data.name);
  open.set(data.file, names);
  const id = idOf(data.file, isFile ? [] : names);
  if (type === 'test:start') {
    yield { type: 'started', id };
    return;
  }
  const error = data.details?.error;
  // A suite is what its tests are, unless it fails by itself.
  if (data.details?.type === 'suite' && (type === 'test:pass' || error?.failureType === 'subtestsFailed')) return;
  const outcome = outcomeOf(type, data);
  yield {
    type: 'outcome', id, outcome: isFile && outcome === 'failed' || data.details?.type === 'suite' && outcome === 'failed' ? 'error' : outcome,
    seconds: (data.details?.duration_ms ?? 0) / 1000, ...(outcome === 'failed' ? { text: textOf(error) } : {}),
  };
}

module.exports = async function* report(source) {
  const open = new Map();
  for await (const event of source) {
    for (const message of messages(event, open)) yield `${JSON.stringify(message)}\n`;
  }
};
module.exports.messages = messages;
module.exports.idOf = idOf;
