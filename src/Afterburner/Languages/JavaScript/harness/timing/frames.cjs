// Frames both ways: length of the content (4 bytes, little endian), kind (1 byte), content. Everything it uses is taken beforehand.
'use strict';

const fs = require('node:fs');

const { readSync, writeSync } = fs;
const { stringify } = JSON;
const { alloc, allocUnsafe, concat, from } = Buffer;
const KIND = { command: 'C', inputs: 'I', go: 'G', write: 'W', leave: 'L', ready: 'R', decoded: 'D', stopped: 'S', answers: 'A', ended: 'E', reply: 'J', message: 'M' };
const codeOf = new Map(Object.values(KIND).map(letter => [letter, letter.charCodeAt(0)]));

/** Nobody asks any more. */
class Gone extends Error {}

class Pipe {
  constructor(inbox, outbox) {
    this.inbox = inbox;
    this.outbox = outbox;
  }

  exactly(size) {
    const data = allocUnsafe(size);
    for (let at = 0; at < size;) {
      const read = readSync(this.inbox, data, at, size - at, null);
      if (read === 0) throw new Gone();
      at += read;
    }
    return data;
  }

  /** The content of the next frame, which must be of this kind. */
  receive(kind) {
    const head = this.exactly(5), content = this.exactly(head.readUInt32LE(0));
    if (head[4] !== codeOf.get(kind)) throw new Error(`a frame ${kind} was expected`);
    return content;
  }

  send(kind, content = '') {
    const body = typeof content === 'string' ? from(content) : content, head = alloc(5);
    head.writeUInt32LE(body.length, 0);
    head[4] = codeOf.get(kind);
    const data = concat([head, body]);
    for (let at = 0; at < data.length;) at += writeSync(this.outbox, data, at, data.length - at, null);
  }

  reply(message) {
    this.send(KIND.reply, stringify(message));
  }
}

/** Parts, each after its length. */
function pack(parts) {
  const all = [];
  for (const part of parts) {
    const body = typeof part === 'string' ? from(part) : part, length = alloc(4);
    length.writeUInt32LE(body.length, 0);
    all.push(length, body);
  }
  return concat(all);
}

function unpack(content) {
  const parts = [];
  for (let at = 0; at < content.length;) {
    const length = content.readUInt32LE(at);
    parts.push(content.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return parts;
}

module.exports = { KIND, Pipe, Gone, pack, unpack };
