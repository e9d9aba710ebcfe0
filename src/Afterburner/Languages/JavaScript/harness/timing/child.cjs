// Carries out one order with one version loaded. Frames come by descriptor 3 and go by 4; 0 to 2 lead nowhere.
'use strict';

const fs = require('node:fs');
const { spawnSync } = require('node:child_process');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const { Names } = require('../functions/naming.cjs');
const { placeOf } = require('../functions/places.cjs');
const { Ran } = require('../functions/ran.cjs');
const { encode, Blocked } = require('../comparing/encoding.cjs');
const { decode, filesIn } = require('../calls/decoding.cjs');
const making = require('../calls/making.cjs');
const { describeCall } = require('../calls/describing.cjs');
const { Outputs } = require('../calls/outputs.cjs');
const { Effects } = require('../calls/effects.cjs');
const { State } = require('../calls/state.cjs');
const { Shared } = require('../calls/shared.cjs');
const { Inside } = require('../calls/inside.cjs');
const { Pipe, KIND, pack, unpack } = require('./frames.cjs');

const { parse, stringify } = JSON;
const { reallyExit } = process;
const cpuUsage = process.cpuUsage.bind(process);
const now = performance.now.bind(performance);
const collect = globalThis.gc, later = setImmediate;
const YOUNG = { type: 'minor', execution: 'sync' }; // what calls made: to go through all that lives takes longer than most calls
const WARM = 120_000, LEAST_CALLS = 3, MOST_CALLS = 5_000; // microseconds of CPU time, after which V8 has compiled what it will
const COULD_NOT = 70;

const pipe = new Pipe(3, 4);
const names = new Names();
const ran = new Ran();
const order = parse(fs.readFileSync(process.argv[2], 'utf8'));
const folder = order.folder;

Object.defineProperty(process, '__ab', { value: Object.freeze({ enter: () => null, leave: () => null, names: (file, table) => names.add(file, table) }) });
Object.defineProperty(process, '__abRan', { value: ran });
process.argv.length = 1;

const shared = new Shared();
const turn = () => new Promise(resolve => later(resolve));

const loaded = new Set();

async function load(file) {
  if (loaded.has(file)) return;
  loaded.add(file);
  const space = await import(pathToFileURL(placeOf(folder, file)).href);
  names.add(file, { default: () => space.default });
}

const resolve = name => names.resolve(name);

/** A stored call, with the modules that its values need. */
async function stored(blob) {
  const data = parse(blob);
  for (const file of filesIn(data)) await load(file);
  return data;
}

const fromBase64 = text => Buffer.from(text, 'base64');
const given = data => making.given(data, resolve);
// The parser is loaded where there is a function to look at, which is after what is measured.
const options = () => ({ names: names.of.bind(names), free: text => require('../functions/free.cjs').isFree(text) });

function answerBytes(out, call, changed) {
  const { way, value, why } = out;
  if (why) throw new Blocked(why);
  const roots = changed ? [value, call.self, ...call.list] : [value];
  return stringify({ way, given: changed ? call.list.map((_, place) => String(place)) : [], ...encode(roots, options()) });
}

async function entry() {
  await load(order.target.file);
  await load(order.entry.file);
  const replaced = shared.changed(true);
  if (replaced !== null) throw new TypeError(`its modules change ${replaced}, which all code shares`);
  shared.take();
  names.look();
  const found = resolve(`${order.entry.file}#${order.entry.address}`);
  if (typeof (found?.construct ?? found) !== 'function') throw new TypeError(`${order.entry.name} is no function once its module is loaded`);
  return found;
}

/** Both versions warm up at the same time, on whatever cores there are; what is measured runs on one. */
function pin() {
  if (order.cpu !== null) spawnSync('taskset', ['--all-tasks', '--cpu-list', '--pid', String(order.cpu), String(process.pid)], { stdio: 'ignore' });
}

async function warmUp(fn) {
  const calls = [];
  for (const blob of order.warmup) {
    try {
      calls.push(await stored(fromBase64(blob)));
    } catch {
      continue;
    }
  }
  if (calls.length === 0) return;
  const start = cpuUsage();
  for (let made = 0; made < MOST_CALLS; made++) {
    try {
      const call = given(calls[made % calls.length]);
      const out = await making.outcome(fn, call);
      if (made === 0) answerBytes(out, call, true);
    } catch {
      // what cannot be made warms nothing up
    }
    const { user, system } = cpuUsage(start);
    if (user + system > WARM && made >= LEAST_CALLS * calls.length) return;
  }
}

const WAYS = {
  async load() {
    await entry();
    pipe.reply({ loaded: true });
  },

  async sample(fn) {
    await warmUp(fn);
    pin();
    const parts = async () => {
      const list = [];
      for (const blob of unpack(pipe.receive(KIND.inputs))) list.push(await stored(blob));
      return list;
    };
    const makeAll = async calls => {
      const outs = new Array(calls.length);
      for (let place = 0; place < calls.length; place++) {
        let out = making.outcome(fn, calls[place]);
        if (out.way === undefined) out = await out;
        outs[place] = out;
      }
      return outs;
    };
    let rehearsed = null;
    if (order.stored) {
      const calls = (await parts()).map(given);
      rehearsed = { calls, outs: await makeAll(calls) };
    }
    collect();
    pipe.send(KIND.ready);
    let calls = (await parts()).map(given);
    // As much lives now as where calls are made.
    if (rehearsed !== null) calls = rehearsed.calls;
    if (order.collect) collect(YOUNG);
    pipe.send(KIND.decoded);
    pipe.receive(KIND.go);
    const outs = rehearsed === null ? await makeAll(calls) : rehearsed.outs;
    if (order.collect) collect(YOUNG);
    pipe.send(KIND.stopped);
    pipe.receive(KIND.write);
    let content;
    try {
      same();
      content = pack(outs.map((out, place) => answerBytes(out, calls[place], order.arguments)));
    } catch (error) {
      pipe.reply({ unencodable: error instanceof Blocked ? error.message : error?.name });
      return;
    }
    pipe.send(KIND.answers, content);
    pipe.receive(KIND.leave);
  },

  async probe(fn) {
    pipe.send(KIND.ready);
    let changes = false;
    try {
      for (const blob of unpack(pipe.receive(KIND.inputs))) {
        const data = await stored(blob), call = given(data);
        const before = stringify(encode([call.self, call.list], options()));
        const out = await making.outcome(fn, call);
        same();
        changes ||= before !== stringify(encode([call.self, call.list], options()));
        answerBytes(out, call, true);
      }
    } catch (error) {
      pipe.reply({ unencodable: String(error?.message ?? error) });
      return;
    }
    pipe.reply({ encoder: 'seen', arguments: changes });
  },

  async observe(fn) {
    pipe.send(KIND.ready);
    const told = [];
    for (const blob of unpack(pipe.receive(KIND.inputs))) told.push(...await observed(fn, blob));
    pipe.send(KIND.answers, pack(told));
  },

  async trace(fn) {
    pipe.send(KIND.ready);
    const inputs = unpack(pipe.receive(KIND.inputs)), calls = [];
    for (const blob of inputs) calls.push(await stored(blob));
    const state = new State(names, shared, new Inside()), told = [];
    let before = state.snapshot();
    const follow = async data => {
      ran.clear();
      const call = given(data);
      await making.outcome(fn, call);
      return { lines: [...ran.lines].sort((a, b) => a - b), arms: [...ran.arms].sort((a, b) => a - b) };
    };
    for (const data of calls) {
      const first = await follow(data), after = state.snapshot();
      const changed = State.changes(before, after);
      const again = await follow(data);
      told.push({
        ...first, changed, left: Object.fromEntries(changed.map(name => [name, after.get(name) ?? null])),
        learns: stringify(again) !== stringify(first),
      });
      before = state.snapshot();
    }
    pipe.reply({ calls: told });
  },

  async decodable() {
    pipe.send(KIND.ready);
    const found = [];
    for (const [number, blob] of unpack(pipe.receive(KIND.inputs)).entries()) {
      try {
        given(await stored(blob));
        found.push(number);
      } catch {
        continue;
      }
    }
    pipe.reply({ decodable: found });
  },

  async encode() {
    pipe.send(KIND.ready);
    const blobs = parse(pipe.receive(KIND.inputs)).map(named => Buffer.from(stringify(encode([undefined, Object.values(named)], { strict: true }))).toString('base64'));
    pipe.reply({ blobs });
  },
};

/** Ends the process where what all code shares is not as it was when the modules had been loaded: then nothing that is read here says anything. */
function same() {
  const changed = shared.changed();
  if (changed === null) return;
  pipe.reply({ failure: `changed what all code shares: ${changed}` });
  reallyExit(0);
}

/** All that a user could see of a call: the bytes of it, the call for a person, seconds, and why there is none. */
async function observed(fn, blob) {
  let call, data;
  try {
    data = await stored(blob);
    call = given(data);
  } catch (error) {
    return ['', '', '0', `cannot make the call: ${error.message}`];
  }
  const words = describeCall(order.entry.name, data);
  let outputs, effects;
  try {
    [outputs, effects] = [new Outputs(order.printed), new Effects(order.own, folder)];
  } catch (error) {
    return ['', words, '0', `cannot be looked at: ${error.message}`];
  }
  names.look();
  const start = now();
  // Of what comes later the way there is seen, too.
  const look = value => {
    same();
    return encode([value, call.self, ...call.list], options());
  };
  let out;
  try {
    out = making.outcome(fn, call, look);
    if (out.way === undefined) out = await out;
  } catch (error) {
    out = { way: 'hidden', why: error instanceof Blocked ? error.message : `what cannot be read: ${error?.name}` };
  }
  const seconds = (now() - start) / 1000;
  await turn();
  const { broken, ...wrote } = outputs.end();
  try {
    same();
    const told = making.seen(out, call, { ...options(), held: names.objects() }, order.entry.parameters);
    const left = broken.map(reason => stringify(encode([reason], options()))).join();
    return [stringify({ ...told, ...wrote, broken: left, effects: effects.end() }), words, String(seconds), ''];
  } catch (error) {
    return ['', words, '0', error instanceof Blocked ? `answers with what cannot be compared: ${error.message}` : `gives an answer that cannot be read: ${error?.name}`];
  }
}

(async () => {
  try {
    if (order.do === 'load') {
      await WAYS.load();
      reallyExit(0);
    }
    const fn = await entry();
    await WAYS[order.do](fn);
    reallyExit(0);
  } catch (error) {
    const words = `${error?.name ?? 'Error'}: ${String(error?.message ?? error)}`;
    pipe.reply(order.do === 'load' ? { failed: words } : { failure: `could not be asked: ${words}` });
    reallyExit(COULD_NOT);
  }
})();
