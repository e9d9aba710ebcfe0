// Third pass: makes stored calls again, each function's in one process, and tells a digest of what each does.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { createHash } = require('node:crypto');
const { Version } = require('../timing/version.cjs');
const { KIND, pack, unpack } = require('../timing/frames.cjs');
const { idOf } = require('./watched.cjs');

const PATIENCE = 20_000; // milliseconds of one function's calls
const APART = 5_000;

function confirm(request, emit) {
  for (const { target, calls, through } of request.entries) {
    const id = idOf(target);
    const refuse = (list, reason) => list.forEach(({ index }) => emit({ type: 'confirmed', target: id, index, reason }));
    if (through) {
      refuse(calls, 'which of its calls reach another function is not told in this language');
      continue;
    }
    let version;
    try {
      version = new Version({ target, entry: target, file: null, like: null, warmup: [] });
    } catch (error) {
      refuse(calls, error.message);
      continue;
    }
    try {
      const together = ask(version, calls, PATIENCE);
      // Where one of them ends the process, each gets one.
      for (const [place, call] of calls.entries()) emit({ type: 'confirmed', target: id, index: call.index, ...(together ? together[place] : ask(version, [call], APART)?.[0] ?? { reason: 'made again it does not come to its end' }) });
    } finally {
      version.dispose();
    }
  }
  emit({ type: 'done' });
}

/**
 * What calls do that are made one after the other in one process; null where that does not come to its end.
 * @param {number} patience milliseconds @param {number} [limit] seconds of CPU time
 */
function ask(version, calls, patience, limit) {
  const asked = path.join(version.folder, 'asked'), answered = path.join(version.folder, 'answered');
  const inputs = pack(calls.map(({ blob }) => Buffer.from(blob, 'base64'))), head = Buffer.alloc(5);
  head.writeUInt32LE(inputs.length, 0);
  head.write(KIND.inputs, 4);
  fs.writeFileSync(asked, Buffer.concat([head, inputs]));
  const [inbox, outbox] = [fs.openSync(asked, 'r'), fs.openSync(answered, 'w+')];
  try {
    version.run({ do: 'observe', limit }, inbox, outbox, patience);
    const said = fs.readFileSync(answered), told = frame(said, KIND.answers);
    if (told === null) {
      const reply = calls.length === 1 ? frame(said, KIND.reply) : null, failure = reply && JSON.parse(reply).failure;
      return failure ? [{ reason: `made again the function ${failure}` }] : null;
    }
    const parts = unpack(told);
    return calls.map((_, place) => read(parts.slice(place * 4, place * 4 + 4)));
  } finally {
    fs.closeSync(inbox);
    fs.closeSync(outbox);
  }
}

/** The content of the last frame of a kind, or null. */
function frame(content, kind) {
  let found = null;
  for (let at = 0; at + 5 <= content.length;) {
    const length = content.readUInt32LE(at);
    if (at + 5 + length > content.length) return null;
    if (content[at + 4] === kind.charCodeAt(0)) found = content.subarray(at + 5, at + 5 + length);
    at += 5 + length;
  }
  return found;
}

function read([seen, , seconds, why]) {
  if (why.length > 0) return { reason: `made again the function ${why}` };
  const { way, roots, nodes } = JSON.parse(seen);
  const thrown = way === 'threw' || way === 'rejected' ? roots[0] : null;
  return {
    seconds: Number(seconds), digest: createHash('sha256').update(seen).digest('hex'),
    ...(thrown === null ? {} : { raised: nameOf(thrown, nodes) }),
  };
}

function nameOf(thrown, nodes) {
  if (typeof thrown !== 'object') return 'a value that is no error';
  const [kind, prototype] = nodes[thrown.r];
  return typeof prototype === 'string' ? prototype.slice(1).replace(/^.*#/, '') : kind === 'error' ? 'Error' : 'an object';
}

module.exports = { confirm, ask };
