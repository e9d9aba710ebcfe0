// A reporter for Mocha: one JSON message a line, into the file that AFTERBURNER_OUTCOMES names; the recorder hears from it which test is running.
'use strict';

const fs = require('node:fs');
const path = require('node:path');

const LONGEST_TEXT = 3000;
const { appendFileSync } = fs;
const { stringify } = JSON;

/** The id of a test: its file, and its titles from outside to inside. */
function idOf(test) {
  const titles = [];
  for (let each = test; each && each.title; each = each.parent) titles.unshift(each.title);
  let file = test.file;
  for (let each = test.parent; !file && each; each = each.parent) file = each.file;
  return [file ? path.relative(process.cwd(), file) : '', titles.join(' > ')].filter(Boolean).join('::');
}

module.exports = class Reporter {
  constructor(runner) {
    const out = process.env.AFTERBURNER_OUTCOMES, hearer = process.__ab;
    const say = message => appendFileSync(out, `${stringify(message)}\n`);
    const tell = (test, outcome, error) => say({
      type: 'outcome', id: idOf(test), outcome, seconds: (test.duration ?? 0) / 1000, ...error ? { text: String(error.stack ?? error.message ?? error).slice(0, LONGEST_TEXT) } : {},
    });
    runner.on('test', test => {
      say({ type: 'started', id: idOf(test) });
      if (hearer) hearer.test(idOf(test));
    });
    runner.on('test end', () => hearer && hearer.test(null));
    runner.on('pass', test => tell(test, 'passed'));
    runner.on('pending', test => tell(test, 'skipped'));
    runner.on('fail', (test, error) => tell(test, test.type === 'hook' ? 'error' : 'failed', error));
  }
};
module.exports.idOf = idOf;
