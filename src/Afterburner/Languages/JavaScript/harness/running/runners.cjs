// How each runner of tests is called, and how what it says becomes messages of the protocol.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { quote } = require('./words.cjs');

const LONGEST_TEXT = 3000;
const PASSING = new Map([['passed', 'passed'], ['failed', 'failed'], ['skipped', 'skipped'], ['pending', 'skipped'], ['disabled', 'skipped'], ['todo', 'skipped']]);

/**
 * @typedef {object} Runner
 * @property {boolean} [streams] whether messages come by standard output while the tests run; else they are read once they have ended
 * @property {(about: { flags: string, patterns: string, files: string | null, folder: string, out: string }) => string} command words for a shell; files: of
 * tests that are asked for, null for all; out: a file for what they come to
 * @property {(content: string, folder: string) => object[]} [read] messages of that file
 */

/** @type {Record<string, Runner>} */
const RUNNERS = {
  node: {
    streams: true,
    command: ({ flags, patterns, files }) => {
      const reporter = path.join(__dirname, 'reporter.cjs');
      return `${quote(process.execPath)} ${flags} --test --test-concurrency=1 --test-reporter=${quote(reporter)} --test-reporter-destination=stdout ${files ?? patterns}`;
    },
  },

  vitest: {
    command: ({ flags, patterns, files, folder, out }) =>
      `${node(folder, 'vitest', 'vitest')} run ${flags} --coverage.enabled=false --no-file-parallelism --reporter=json --outputFile=${quote(out)} ${files ?? patterns}`,
    read: (content, folder) => ofJson(content, folder, ' > '),
  },

  jest: {
    command: ({ flags, patterns, files, folder, out }) =>
      `${node(folder, 'jest', 'jest')} ${flags} --runInBand --coverage=false --watchman=false --watchAll=false --cacheDirectory=${quote(path.join(path.dirname(out), 'cache'))} --json --outputFile=${quote(out)} ${files === null ? patterns : `--runTestsByPath ${files}`}`,
    read: (content, folder) => ofJson(content, folder, ' '),
  },

  mocha: {
    command: ({ flags, patterns, files, folder }) => `${node(folder, 'mocha', 'mocha')} ${flags} --no-parallel --reporter ${quote(path.join(__dirname, 'mocha-reporter.cjs'))} ${files ?? patterns}`,
    read: content => content.split('\n').filter(Boolean).map(line => JSON.parse(line)),
  },
};

/** Words that start a program of a package that is installed for a folder. @throws {Error} It is not. */
function node(folder, name, program) {
  for (let above = folder; ; above = path.dirname(above)) {
    const installed = path.join(above, 'node_modules', name);
    try {
      const { bin } = JSON.parse(fs.readFileSync(path.join(installed, 'package.json'), 'utf8'));
      return `${quote(process.execPath)} ${quote(path.join(installed, typeof bin === 'string' ? bin : bin[program]))}`;
    } catch (error) {
      if (above === path.dirname(above)) throw new Error(`${name} is not installed in node_modules of the work tree (${error.code ?? error.message})`);
    }
  }
}

/** Messages of what Jest, and Vitest after it, write as JSON. A test is known by its file and its full name. */
function ofJson(content, folder, between) {
  const messages = [];
  for (const file of JSON.parse(content).testResults) {
    const name = path.relative(folder, fs.existsSync(file.name) ? fs.realpathSync(file.name) : file.name), tests = file.assertionResults ?? [];
    // A file that cannot be loaded has no tests.
    if (file.status === 'failed' && !tests.some(each => each.status === 'failed')) messages.push({ type: 'outcome', id: name, outcome: 'error', seconds: 0, text: cut(file.message) });
    for (const { ancestorTitles, title, status, duration, failureMessages } of tests) {
      const id = `${name}::${[...ancestorTitles.filter(each => each !== ''), title].join(between)}`, outcome = PASSING.get(status) ?? 'error';
      messages.push({ type: 'started', id }, { type: 'outcome', id, outcome, seconds: (duration ?? 0) / 1000, ...outcome === 'failed' ? { text: cut(failureMessages?.[0]) } : {} });
    }
  }
  return messages;
}

function cut(words) {
  const text = String(words ?? '');
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}...` : text;
}

module.exports = { RUNNERS, ofJson };
