'use strict';

const test = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { execFileSync } = require('node:child_process');
const { folder, load } = require('./harness.cjs');

const { reach } = load('capturing/survey.cjs');
const { messages } = load('running/reporter.cjs');

const TARGETS = [{ path: 'lib.cjs', name: 'f', line: 1 }, { path: 'lib.cjs', name: 'g', line: 4 }, { path: 'lib.cjs', name: 'g.inner', line: 5 }];

/** A repository with tests, as a sandbox has a private copy of it. */
function repository() {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'afterburner-test-'));
  fs.writeFileSync(path.join(root, 'package.json'), '{}');
  fs.writeFileSync(path.join(root, 'lib.cjs'), 'function f(xs) {\n  return xs.map(x => x + 1);\n}\nfunction* g(n) {\n  const inner = () => n;\n  yield inner();\n}\nmodule.exports = { f, g };\n');
  fs.writeFileSync(path.join(root, 'a.test.cjs'), `const { test, describe } = require('node:test');
const assert = require('node:assert');
const { f, g } = require('./lib.cjs');
f([0]);
describe('outer', () => { test('one', () => { assert.deepEqual(f([1]), [2]); assert.equal(f([1, 2]).length, 2); }); });
test('two', async t => { await null; await t.test('inner', () => assert.equal(g(3).next().value, 3)); });
test('bad', () => assert.fail('meant to'));
test('left out', { skip: true }, () => {});
`);
  return root;
}

function ask(command, request, root) {
  const environment = { ...process.env };
  delete environment.NODE_TEST_CONTEXT; // of the runner that runs this
  const out = execFileSync(process.execPath, [path.join(folder, 'run.cjs'), command], { cwd: root, input: JSON.stringify(request), env: environment });
  return out.toString().trim().split('\n').map(line => JSON.parse(line));
}

test('every test is told by its file and its names, with what it came to', () => {
  const told = ask('tests', {}, repository());

  const outcomes = Object.fromEntries(told.filter(each => each.type === 'outcome').map(each => [each.id, each.outcome]));
  assert.deepEqual(outcomes, {
    'a.test.cjs::outer > one': 'passed', 'a.test.cjs::two > inner': 'passed', 'a.test.cjs::two': 'passed', 'a.test.cjs::bad': 'failed', 'a.test.cjs::left out': 'skipped',
  });
  assert.match(told.find(each => each.outcome === 'failed').text, /meant to/);
  assert.equal(told.at(-1).type, 'done');
});

test('a survey tells which tests call a function, and a recording stores those calls', () => {
  const told = ask('capture', { pass: 'survey', seed: 1, targets: TARGETS }, repository());
  const reaches = Object.fromEntries(told.filter(each => each.type === 'reach').map(each => [each.target, each]));
  const picks = Object.fromEntries(Object.entries(reaches).filter(([, each]) => each.picks).map(([id, each]) => [id, each.picks]));
  const stored = ask('capture', { pass: 'record', targets: TARGETS.slice(0, 2), picks, limits: { seconds: 1, callBytes: 1e6, targetBytes: 1e6 }, tests: ['a.test.cjs::outer > one'] }, repository());
  const calls = stored.filter(each => each.type === 'call');

  assert.equal(reaches['lib.cjs::f@1'].calls, 3); // one of them outside of tests
  assert.deepEqual(reaches['lib.cjs::f@1'].tests.map(each => each.id), ['a.test.cjs::outer > one']);
  assert.deepEqual(reaches['lib.cjs::g@4'].picks.map(({ test: id, call, raised }) => [id, call, raised]), [['a.test.cjs::two > inner', 0, null]]);
  assert.match(reaches['lib.cjs::g.inner@5'].problem, /inside another function/);
  assert.deepEqual(calls.map(each => `${each.target} ${each.test}#${each.ordinal} ${each.shape}`).sort(), [
    'lib.cjs::f@1 a.test.cjs::outer > one#0 xs: Array[1] of number', 'lib.cjs::f@1 a.test.cjs::outer > one#1 xs: Array[2] of number', 'lib.cjs::g@4 a.test.cjs::two > inner#0 n: number',
  ]);
  assert.deepEqual(stored.filter(each => each.type === 'recorded').map(each => each.reasons), [[], []]);
});

test('of the calls that several processes saw each is picked once, the slowest first', () => {
  const pick = (call, seconds) => ({ test: 't', call, seconds, raised: false });
  const row = { calls: 2, tests: [{ id: 't', seconds: 3 }], slowest: [pick(1, 2), pick(0, 1)], shapes: [pick(0, 1)], random: [pick(1, 2)], observed: { xs: { types: ['Array'], shortest: 1, longest: 4 } } };

  const found = reach([row, { ...row, slowest: [pick(2, 9)], shapes: [], random: [], observed: { xs: { types: ['string'], shortest: null, longest: null } } }]);

  assert.deepEqual(found.picks.map(each => each.call), [2, 1, 0]);
  assert.deepEqual(found.observed.xs, { types: ['Array', 'string'], shortest: 1, longest: 4 });
  assert.deepEqual([found.calls, found.tests], [4, [{ id: 't', seconds: 6 }]]);
});

test('a file that cannot be run is an error, and a test that is still to be done may fail', () => {
  const open = new Map(), file = path.resolve('x.test.js');
  const event = (type, data) => [...messages({ type, data: { file, nesting: 0, details: { duration_ms: 1 }, ...data } }, open)];

  assert.deepEqual(event('test:fail', { name: file }).map(each => [each.id, each.outcome]), [['x.test.js', 'error']]);
  assert.deepEqual(event('test:fail', { name: 'later', todo: true }).map(each => each.outcome), ['xfailed']);
  assert.deepEqual(event('test:fail', { name: 's', details: { type: 'suite', error: { failureType: 'subtestsFailed' } } }), []);
});
