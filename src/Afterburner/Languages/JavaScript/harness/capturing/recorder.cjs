// Loaded before the tests of each process: hears of the calls that watched functions tell of, and knows which test is running.
// What it finds out is written at once where a process may be killed, and when the process ends for what is summed up.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { AsyncLocalStorage, AsyncResource } = require('node:async_hooks');
const { Names } = require('../functions/naming.cjs');
const { encode, Blocked } = require('../comparing/encoding.cjs');
const { shapeOf, typeOf, lengthOf } = require('./shapes.cjs');
const { idOf } = require('../running/reporter.cjs');
const { threadId } = require('node:worker_threads');

const { appendFileSync, renameSync, writeFileSync } = fs;
const { stringify } = JSON;
const now = performance.now.bind(performance);
const slice = Function.prototype.call.bind(Array.prototype.slice);
const soon = setImmediate;
const MOST_SHAPES = 300, SLOWEST = 24, OF_SHAPES = 24, AT_RANDOM = 12;

const plan = process.env.AFTERBURNER_CAPTURE ? JSON.parse(fs.readFileSync(process.env.AFTERBURNER_CAPTURE, 'utf8')) : null;
const current = new AsyncLocalStorage();

/** The id of one of node:test's tests, or null for what is none: a suite, a hook. */
function testOf(resource) {
  if (resource.constructor?.name !== 'Test' || !resource.parent) return null;
  const names = [];
  for (let each = resource; each && each.parent; each = each.parent) names.unshift(each.name);
  return idOf(resource.loc?.file ?? process.argv[1] ?? '', names);
}

/** Tests of node:test are resources of their own, and run in their scope. */
function followTests() {
  const run = AsyncResource.prototype.runInAsyncScope;
  AsyncResource.prototype.runInAsyncScope = function (fn, self, ...args) {
    const id = testOf(this);
    return id === null ? run.call(this, fn, self, ...args) : run.call(this, function (...given) {
      return current.run(id, () => fn.apply(this, given));
    }, self, ...args);
  };
}

/** The test that runs in a realm, as its runner tells it; null where none does. */
const RUNNING = {
  node: () => current.getStore() ?? null,
  mocha: () => announced,
  vitest: realm => {
    const task = ((realm ?? globalThis).__vitest_worker__ ?? globalThis.__vitest_worker__)?.current;
    if (!task || task.type === 'suite') return null;
    const names = [];
    for (let each = task; each && each.name && !each.filepath; each = each.suite) names.unshift(each.name);
    return fileId(task.file?.filepath, names.join(' > '));
  },
  jest: realm => {
    const state = (realm ?? globalThis)[Symbol.for('$$jest-matchers-object')]?.state;
    return state?.currentTestName ? fileId(state.testPath, state.currentTestName) : null;
  },
};

let announced = null; // by Mocha's reporter

const fileId = (file, name) => `${path.relative(plan.folder, file ?? '')}::${name}`;
const running = plan === null ? null : RUNNING[plan.runner ?? 'node'];

class Survey {
  constructor({ targets, seed }) {
    this.about = new Map(targets.map(target => [target.id, {
      calls: 0, tests: new Map(), slowest: [], shapes: new Map(), random: [], observed: {}, parameters: target.parameters, isLater: target.isLater,
    }]));
    this.state = (seed >>> 0) + 0x9e3779b9 | 0;
    this.loaded = new Set();
    this.isDue = false;
  }

  /** Other runners than Node's end their processes in ways that nobody hears of: what is known is written soon after it was. */
  due() {
    if (this.isDue || plan.runner === 'node') return;
    this.isDue = true;
    soon(() => {
      this.isDue = false;
      this.finish();
    }).unref();
  }

  load(file) {
    this.loaded.add(file);
    this.due();
  }

  chance() {
    // Park and Miller's; the repository's own numbers of chance are left alone.
    this.state = (Math.imul(this.state, 1664525) + 1013904223) | 0;
    return (this.state >>> 0) / 2 ** 32;
  }

  enter(id, self, args, realm) {
    const about = this.about.get(id);
    if (!about) return null;
    about.calls++;
    this.due();
    const test = running(realm);
    if (test === null) return null;
    let spent = about.tests.get(test);
    if (!spent) about.tests.set(test, spent = { count: 0, seconds: 0 });
    const call = { about, spent, test, ordinal: spent.count++, raised: false, start: 0, shape: null };
    if (about.calls <= MOST_SHAPES) {
      const list = slice(args);
      call.shape = shapeOf(about.parameters, list);
      list.forEach((value, place) => this.observe(about, about.parameters[place], value));
    }
    call.start = now();
    // Of a sequence nobody may read the end.
    if (about.isLater) call.pick = this.note(call, 0);
    return call;
  }

  observe(about, name, value) {
    if (!name) return;
    const seen = about.observed[name] ??= { types: [], shortest: null, longest: null };
    const type = typeOf(value), length = lengthOf(value);
    if (!seen.types.includes(type) && seen.types.length < 12) seen.types.push(type);
    if (length === null) return;
    seen.shortest = seen.shortest === null ? length : Math.min(seen.shortest, length);
    seen.longest = seen.longest === null ? length : Math.max(seen.longest, length);
  }

  leave(call) {
    const seconds = (now() - call.start) / 1000;
    call.spent.seconds += seconds;
    if (call.pick) {
      call.pick.seconds = seconds;
      call.about.slowest.sort((a, b) => b.seconds - a.seconds);
    } else this.note(call, seconds);
  }

  note(call, seconds) {
    const { about } = call, pick = { test: call.test, call: call.ordinal, seconds, raised: about.isLater ? null : call.raised };
    if (call.shape !== null && about.shapes.size < OF_SHAPES && !about.shapes.has(call.shape)) about.shapes.set(call.shape, pick);
    if (about.slowest.length < SLOWEST || seconds > about.slowest.at(-1).seconds) {
      about.slowest.push(pick);
      about.slowest.sort((a, b) => b.seconds - a.seconds);
      about.slowest.length = Math.min(about.slowest.length, SLOWEST);
    }
    if (about.random.length < AT_RANDOM) about.random.push(pick);
    else if (this.chance() < AT_RANDOM / about.calls) about.random[Math.floor(this.chance() * AT_RANDOM)] = pick;
    return pick;
  }

  finish() {
    const rows = [{ loaded: [...this.loaded] }, ...[...this.about].filter(([, about]) => about.calls > 0).map(([id, about]) => ({
      id, calls: about.calls, tests: [...about.tests].map(([test, { count, seconds }]) => ({ id: test, calls: count, seconds })),
      slowest: about.slowest, shapes: [...about.shapes.values()], random: about.random, observed: about.observed,
    }))];
    if (rows.length === 1 && this.loaded.size === 0) return;
    // Moved there, as a process may be ended while it writes.
    const place = path.join(plan.out, `${process.pid}-${threadId}`);
    writeFileSync(`${place}.part`, stringify(rows));
    renameSync(`${place}.part`, `${place}.json`);
  }
}

/** Without times: a function that is only counted tells nothing when it ends. */
class Counts extends Survey {
  constructor(told) {
    super({ ...told, targets: told.targets.map(target => ({ ...target, isLater: true })) });
  }

  leave() {}
}

class Recording {
  constructor({ picks, limits, targets }) {
    this.limits = limits;
    this.left = new Map();
    this.counts = new Map();
    this.bytes = new Map();
    this.parameters = new Map(targets.map(target => [target.id, target.parameters]));
    this.free = null;
    for (const [id, list] of Object.entries(picks)) {
      for (const [rank, { test, call }] of list.entries()) this.left.set(`${id}\n${test}\n${call}`, rank);
    }
  }

  enter(id, self, args, realm) {
    const test = running(realm);
    if (test === null) return null;
    const counted = `${id}\n${test}`, ordinal = this.counts.get(counted) ?? 0;
    this.counts.set(counted, ordinal + 1);
    const rank = this.left.get(`${counted}\n${ordinal}`);
    if (rank === undefined) return null;
    const list = slice(args), row = { id, test, ordinal, rank };
    const start = now();
    try {
      this.free ??= require('../functions/free.cjs').isFree;
      const data = stringify(encode([self, list], { names: names.of.bind(names), strict: true, free: this.free, most: 200_000 }));
      const all = (this.bytes.get(id) ?? 0) + data.length;
      if (data.length > this.limits.callBytes) row.why = 'it is too large';
      else if (all > this.limits.targetBytes) row.why = 'others of the function are stored, and together they are too large';
      else if ((now() - start) / 1000 > this.limits.seconds) row.why = 'storing it takes too long';
      else {
        this.bytes.set(id, all);
        row.data = data;
        row.shape = shapeOf(this.parameters.get(id), list);
      }
    } catch (error) {
      row.why = error instanceof Blocked ? error.message : `${error?.name}: ${error?.message}`;
    }
    appendFileSync(path.join(plan.out, `${process.pid}-${threadId}.jsonl`), `${stringify(row)}\n`);
    return null;
  }

  leave() {}

  load() {}

  finish() {}
}

const names = new Names();

if (plan !== null) {
  if (plan.runner === 'node') followTests();
  const hearing = plan.pass === 'record' ? new Recording(plan) : plan.timed === false ? new Counts(plan) : new Survey(plan);
  let busy = false; // what it does itself may run watched functions
  const guard = work => {
    if (busy) return null;
    busy = true;
    try {
      return work();
    } finally {
      busy = false;
    }
  };
  Object.defineProperty(process, '__ab', {
    enumerable: false, configurable: false,
    value: Object.freeze({
      enter: (id, self, args, realm) => guard(() => hearing.enter(id, self, args, realm)),
      leave: call => guard(() => hearing.leave(call)),
      names: (file, table) => {
        names.add(file, table);
        guard(() => hearing.load(file));
      },
      test: id => {
        announced = id;
      },
    }),
  });
  process.on('exit', () => hearing.finish());
}
