// One version of a function, laid out in a folder of this sandbox. Nothing of the repository is loaded here: that is for children.
'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { spawnSync, execFileSync } = require('node:child_process');
const { parse, isModule } = require('../functions/parsing.cjs');
const { find, locate } = require('../functions/finding.cjs');
const { nameBindings, parameters } = require('../functions/watching.cjs');
const { plain } = require('../functions/types.cjs');
const { probed } = require('../functions/probing.cjs');
const { stage } = require('../functions/staging.cjs');
const { stamps } = require('../calls/effects.cjs');

const CHILD = path.join(__dirname, 'child.cjs');
// One thread, so that all of the work is a call's own; a heap that leaves room for what is not in it.
// How often new objects are looked through depends on the room for them, which is what a program has that runs for long.
const FLAGS = ['--min-semi-space-size=16', '--max-semi-space-size=16', '--single-threaded', '--expose-gc', '--max-old-space-size=1024', '--disallow-code-generation-from-strings', '--no-warnings'];

/** Why a version cannot be used at all. */
class Unfit extends Error {}

class Version {
  /** @param {object} setup what a runner is told first @param {string} root of the repository */
  constructor(setup, root = process.cwd()) {
    this.root = root;
    this.setup = setup;
    this.folder = fs.mkdtempSync(path.join(os.tmpdir(), 'afterburner-'));
    this.laid = new Map();
    this.text = code(setup.target.path, setup.file ?? read(path.join(root, setup.target.path)));
    this.target = this.describe(setup.target, this.text);
    this.entry = setup.entry.path === setup.target.path ? this.describe(setup.entry, this.text)
      : this.describe(setup.entry, code(setup.entry.path, read(path.join(root, setup.entry.path))));
    const module = isModule(path.join(root, setup.target.path));
    this.plain = this.lay('plain', nameBindings(this.text, setup.target.path, module));
    this.traced = null;
    this.pins = null;
  }

  describe(target, text) {
    let functions;
    try {
      functions = find(parse(text, isModule(path.join(this.root, target.path))), text);
    } catch (error) {
      throw new Unfit(`${target.path} does not parse: ${error.message}`);
    }
    const found = locate(functions, target);
    if (!found) throw new Unfit(`${target.name} is not in ${target.path}`);
    if (found.why) throw new Unfit(found.why);
    return { file: target.path, name: target.name, address: found.address, parameters: parameters(found.node), node: found.node };
  }

  lay(name, text) {
    const folder = path.join(this.folder, name);
    fs.mkdirSync(folder);
    stage(this.root, folder, new Map([[this.setup.target.path, text]]));
    this.laid.set(folder, { name, text, stamps: stamps(folder) });
    return folder;
  }

  /** Lays out anew what an order did not leave as it was: the next one finds nothing of it. */
  mend(folder) {
    const { name, text, stamps: before } = this.laid.get(folder), after = stamps(folder);
    if (after.size === before.size && [...before].every(([file, { stamp }]) => after.get(file)?.stamp === stamp)) return;
    fs.rmSync(folder, { recursive: true, force: true });
    this.lay(name, text);
  }

  /** Where the version lies that tells what of it runs. */
  probes() {
    this.traced ??= this.lay('probed', nameBindings(probed(this.text, this.target.node), this.setup.target.path, isModule(path.join(this.root, this.setup.target.path))));
    return this.traced;
  }

  /** Has a child carry out an order. How it ended, as POSIX says it. */
  run(order, inbox, outbox, timeout) {
    const folder = order.do === 'trace' ? this.probes() : this.plain;
    const told = path.join(this.folder, 'order.json'), printed = path.join(this.folder, 'printed');
    fs.writeFileSync(told, JSON.stringify({
      ...order, cpu: Number.isInteger(order.cpu) && this.mayPin(order.cpu) ? order.cpu : null, folder, own: this.folder, printed, like: this.setup.like ?? null, warmup: this.setup.warmup ?? [],
      target: { ...this.target, node: undefined }, entry: { ...this.entry, node: undefined },
    }));
    const node = [process.execPath, ...FLAGS, CHILD, told];
    // A limit in seconds of CPU time, as on a busy machine those of a clock say nothing.
    const limited = order.limit ? ['/bin/sh', '-c', `ulimit -t ${order.limit}; exec "$@"`, 'sh', ...node] : node;
    const [program, ...words] = limited;
    const environment = { ...process.env };
    delete environment.NODE_OPTIONS;
    const output = fs.openSync(printed, fs.constants.O_WRONLY | fs.constants.O_CREAT | fs.constants.O_TRUNC | fs.constants.O_APPEND);
    let ended;
    try {
      ended = spawnSync(program, words, { cwd: folder, detached: true, timeout, stdio: ['ignore', output, output, inbox, outbox], env: environment });
    } finally {
      fs.closeSync(output);
    }
    try {
      process.kill(-ended.pid, 'SIGKILL');
    } catch {
      // it left nobody behind
    }
    if (order.do !== 'sample') this.mend(folder);
    return ended.signal ? os.constants.signals[ended.signal] : (ended.status ?? 127) << 8;
  }

  mayPin(cpu) {
    this.pins ??= new Map();
    if (!this.pins.has(cpu)) {
      try {
        execFileSync('taskset', ['-c', String(cpu), 'true'], { stdio: 'ignore' });
        this.pins.set(cpu, true);
      } catch {
        this.pins.set(cpu, false); // this sandbox may not use it
      }
    }
    return this.pins.get(cpu);
  }

  dispose() {
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A file's text as JavaScript. */
function code(file, text) {
  try {
    return plain(text, file);
  } catch (error) {
    throw new Unfit(`${file} cannot be run: ${error.message}`);
  }
}

function read(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    throw new Unfit(`${file} cannot be read: ${error.code}`);
  }
}

module.exports = { Version, Unfit };
