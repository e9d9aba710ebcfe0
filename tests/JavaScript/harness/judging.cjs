// What the harness makes of a candidate, in the order in which the engine asks it: the rules, the answers to calls and to calls unlike them,
// what outlives a call, and whether all of the change has run.
'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { load } = require('./harness.cjs');

const { checked } = load('checking/check.cjs');
const { seenDifference } = load('comparing/answers.cjs');
const { encode } = load('comparing/encoding.cjs');
const { isFree } = load('functions/free.cjs');
const amplify = load('growing/amplify.cjs');
const { Version } = load('timing/version.cjs');
const { KIND, pack, unpack } = load('timing/frames.cjs');

// What a call leaves is looked for below the folder for temporary files: here in one of its own.
const home = fs.mkdtempSync(path.join(os.tmpdir(), 'afterburner-judge-'));
process.env.TMPDIR = home;
process.on('exit', () => fs.rmSync(home, { recursive: true, force: true }));

/** A call as it is stored, of arguments that need nothing from a module. */
function stored(list, self) {
  return Buffer.from(JSON.stringify(encode([self, list], { strict: true, free: isFree }))).toString('base64');
}

/** What a version says to an order about calls: { parts } or { reply }; null where it does not come to its end. */
function ask(version, order, blobs) {
  const asked = path.join(version.folder, 'asked'), answered = path.join(version.folder, 'answered');
  const inputs = pack(blobs.map(blob => Buffer.from(blob, 'base64'))), head = Buffer.alloc(5);
  head.writeUInt32LE(inputs.length, 0);
  head.write(KIND.inputs, 4);
  fs.writeFileSync(asked, Buffer.concat([head, inputs]));
  const [inbox, outbox] = [fs.openSync(asked, 'r'), fs.openSync(answered, 'w+')];
  let status;
  try {
    status = version.run({ do: order, limit: 10 }, inbox, outbox, 120_000); // a busy machine is no reason
  } finally {
    fs.closeSync(inbox);
    fs.closeSync(outbox);
  }
  const told = fs.readFileSync(answered);
  for (let at = 0; at + 5 <= told.length; at += 5 + told.readUInt32LE(at)) {
    const content = told.subarray(at + 5, at + 5 + told.readUInt32LE(at));
    if (told[at + 4] === KIND.answers.charCodeAt(0)) return { parts: unpack(content).map(String) };
    if (told[at + 4] === KIND.reply.charCodeAt(0)) return { reply: JSON.parse(content) };
  }
  return { status };
}

class Case {
  /**
   * @param {Record<string, string>} files of the repository, by path; the first one holds the function
   * @param {string} name of the function @param {unknown[][]} calls lists of arguments
   */
  constructor(files, name, calls) {
    this.root = fs.mkdtempSync(path.join(home, 'repository-'));
    for (const [file, text] of Object.entries(files)) {
      fs.mkdirSync(path.dirname(path.join(this.root, file)), { recursive: true });
      fs.writeFileSync(path.join(this.root, file), text);
    }
    [this.path, this.text] = Object.entries(files)[0];
    this.name = name;
    this.blobs = calls.map(list => stored(list));
  }

  /** In one word and a reason: refused, different, state, unexercised, untold, or equal. @param {(text: string) => string} edit of the file */
  judge(edit, { unlike = true } = {}) {
    const before = process.cwd();
    process.chdir(this.root);
    try {
      return this.verdict(edit(this.text), unlike);
    } finally {
      process.chdir(before);
    }
  }

  verdict(candidate, unlike) {
    const { find } = load('functions/finding.cjs'), { parse, isModule } = load('functions/parsing.cjs');
    const code = load('functions/types.cjs').plain(this.text, this.path);
    const line = find(parse(code, isModule(path.resolve(this.path))), code).find(each => each.name === this.name).line;
    const target = { path: this.path, name: this.name, line };
    const rules = checked({ target, file: this.text, candidateFile: candidate });
    if (!rules.ok) return `refused: ${rules.reason}`;
    const setup = file => ({ target, entry: target, file, like: null, warmup: [] });
    const [first, second] = [new Version(setup(null), this.root), new Version(setup(candidate), this.root)];
    try {
      const blobs = [...this.blobs], others = [];
      let isLate = false;
      if (unlike) amplify.main({ target, entry: target, atypical: true, calls: blobs.map((blob, id) => ({ id: `${id}`, blob, shape: '' })) }, message => {
        if (message.type === 'call') others.push(message.blob);
        isLate ||= message.type === 'untried';
      });
      const all = [...blobs, ...others];
      const [ours, theirs] = [first, second].map(version => ask(version, 'observe', all));
      if (!ours.parts) return `untold: ${JSON.stringify(ours)}`;
      if (!theirs.parts) return `different: ${JSON.stringify(theirs)}`;
      const equal = [];
      for (const [place, blob] of all.entries()) {
        const [a, , , why] = ours.parts.slice(place * 4, place * 4 + 4), [b, , , other] = theirs.parts.slice(place * 4, place * 4 + 4);
        if (why) {
          if (place < blobs.length) return `untold: ${why}`;
          continue;
        }
        if (other) return `different: the candidate ${other}`;
        const found = seenDifference(JSON.parse(a), JSON.parse(b), 1e-12, place >= blobs.length);
        if (found !== null) return `different: ${found} (${place < blobs.length ? 'recorded' : 'unlike'})`;
        equal.push(blob);
      }
      return isLate ? 'untold: calls unlike the recorded ones could not be looked at in time' : this.traced(first, second, equal, rules);
    } finally {
      first.dispose();
      second.dispose();
    }
  }

  traced(first, second, blobs, rules) {
    const [ours, theirs] = [first, second].map(version => ask(version, 'trace', blobs));
    if (!ours.reply?.calls || !theirs.reply?.calls) return `untold: ${JSON.stringify([ours, theirs])}`;
    for (const [place, call] of theirs.reply.calls.entries()) {
      const known = ours.reply.calls[place];
      const kept = call.changed.filter(name => !known.changed.includes(name));
      if (kept.length) return `state: ${kept.join(', ')}`;
      const left = Object.keys(known.left).filter(name => known.left[name] !== call.left[name]);
      if (left.length) return `state: ${left.join(', ')} is left otherwise`;
      if (call.learns && !known.learns) return 'state: a second call takes another way';
    }
    const ran = (told, key) => new Set(told.reply.calls.flatMap(call => call[key]));
    const missing = [
      ...rules.changedLines.filter(line => !ran(theirs, 'lines').has(line)).map(line => `line ${line}`), ...rules.removedLines.filter(line => !ran(ours, 'lines').has(line)).map(line => `line ${line} before`),
      ...rules.changedArms.filter(({ number }) => !ran(theirs, 'arms').has(number)).map(({ unrun }) => unrun), ...rules.removedArms.filter(({ number }) => !ran(ours, 'arms').has(number)).map(({ unrun }) => `${unrun} before`),
    ];
    return missing.length ? `unexercised: ${missing.join('; ')}` : `equal on ${blobs.length}`;
  }
}

module.exports = { Case, stored, ask };
