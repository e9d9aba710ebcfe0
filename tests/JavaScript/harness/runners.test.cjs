'use strict';

const test = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { execFileSync } = require('node:child_process');
const { folder: harness, load } = require('./harness.cjs');

const { RUNNERS, ofJson } = load('running/runners.cjs');
const { run } = load('running/tests.cjs');

function folder(files) {
  const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'afterburner-runner-')));
  for (const [file, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    fs.writeFileSync(path.join(root, file), text);
  }
  return root;
}

test('what Jest and Vitest write is read as outcomes, and a file that cannot be loaded is an error', () => {
  const told = ofJson(JSON.stringify({ testResults: [
    { name: '/w/a.test.ts', status: 'failed', assertionResults: [
      { ancestorTitles: ['', 'outer'], title: 'one', status: 'passed', duration: 1500 }, { ancestorTitles: [], title: 'two', status: 'failed', failureMessages: ['no'] }, { ancestorTitles: [], title: 'three', status: 'todo' },
    ] },
    { name: '/w/b.test.ts', status: 'failed', message: 'SyntaxError', assertionResults: [] },
  ] }), '/w', ' > ').filter(each => each.type === 'outcome');

  assert.deepEqual(told.map(({ id, outcome, seconds, text }) => [id, outcome, seconds, text]), [
    ['a.test.ts::outer > one', 'passed', 1.5, undefined], ['a.test.ts::two', 'failed', 0, 'no'], ['a.test.ts::three', 'skipped', 0, undefined], ['b.test.ts', 'error', 0, 'SyntaxError'],
  ]);
});

test('a runner is called as it is installed, for all tests or for some files', () => {
  const root = folder({ 'node_modules/jest/package.json': '{ "bin": { "jest": "bin/jest.js" } }', 'node_modules/mocha/package.json': '{ "bin": "m.js" }' });
  const about = { flags: '-c x.js', patterns: 'src', files: null, folder: root, out: '/o/outcomes' };

  assert.match(RUNNERS.jest.command(about), /node_modules\/jest\/bin\/jest\.js' -c x\.js --runInBand.* --outputFile='\/o\/outcomes' src$/);
  assert.match(RUNNERS.jest.command({ ...about, files: "'a.js'" }), /--runTestsByPath 'a\.js'$/);
  assert.match(RUNNERS.mocha.command(about), /m\.js' -c x\.js .* src$/);
  assert.throws(() => RUNNERS.vitest.command(about), /vitest is not installed/);
});

test('what is made before the tests is made, and where that fails it is said', async () => {
  const root = folder({ 'package.json': '{}', 'a.txt': "require('node:test')('one', () => {});" });
  const told = [], emit = message => told.push(message);
  delete process.env.NODE_TEST_CONTEXT; // of the runner that runs this

  const good = await run({ folder: root, before: ['cp a.txt built.cjs'], testPatterns: 'built.cjs' }, emit);
  const bad = await run({ folder: root, before: ['echo no such thing; false'], testPatterns: 'built.cjs' }, emit);

  assert.deepEqual(good, {});
  assert.deepEqual(told.filter(each => each.type === 'outcome').map(each => each.outcome), ['passed']);
  assert.match(bad.problem, /before the tests failed: no such thing/);
});

test('of a file that tests never load as it lies there it is not said that no test reaches it', () => {
  const root = () => folder({
    'package.json': '{ "type": "module" }', 'src/a.ts': 'export const f = (x: number): number => x;\n', 'dist/a.js': 'export const f = x => x;\n',
    'a.test.js': "import test from 'node:test';\nimport { f } from './dist/a.js';\ntest('one', () => { f(1); });\n",
  });
  const environment = { ...process.env };
  delete environment.NODE_TEST_CONTEXT;
  const request = { pass: 'survey', seed: 1, folder: '', runner: 'node', flags: '', testPatterns: 'a.test.js', targets: [{ path: 'src/a.ts', name: 'f', line: 1 }] };
  const survey = more => execFileSync(process.execPath, [path.join(harness, 'run.cjs'), 'capture'], { cwd: root(), input: JSON.stringify({ ...request, ...more }), env: environment })
    .toString().trim().split('\n').map(line => JSON.parse(line)).find(each => each.type === 'reach');

  assert.match(survey({}).problem, /never load src\/a\.ts as it lies there/);
  // What is built of the watched file is heard of.
  const built = survey({ before: [`"${process.execPath}" -e 'const fs=require("fs");fs.writeFileSync("dist/a.js",fs.readFileSync("src/a.ts","utf8").replace(/: number| as any/g,""))'`] });
  assert.deepEqual([built.calls, built.tests.map(each => each.id)], [1, ['a.test.js::one']]);
});
