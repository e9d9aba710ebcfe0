// What a call writes for somebody to read: to standard output and error, by the streams or by their numbers, and as warnings; and promises that it leaves broken.
'use strict';

const { readFileSync } = require('node:fs');

const MOST = 1 << 20;
const broken = [];
process.on('unhandledRejection', reason => broken.push(reason));

class Outputs {
  /** @param {string} file that standard output and error are */
  constructor(file) {
    this.file = file;
    this.from = readFileSync(file).length;
    broken.length = 0;
    this.printed = '';
    this.warned = '';
    this.kept = [];
    for (const [name, stream] of [['out', process.stdout], ['err', process.stderr]]) {
      const own = Object.getOwnPropertyDescriptor(stream, 'write');
      this.kept.push(() => own ? Object.defineProperty(stream, 'write', own) : delete stream.write);
      stream.write = (chunk, encoding, done) => {
        if (this.printed.length < MOST) this.printed += `${name === 'err' ? 'err: ' : ''}${typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString()}`;
        const call = typeof encoding === 'function' ? encoding : done;
        if (typeof call === 'function') process.nextTick(call);
        return true;
      };
    }
    const { emitWarning } = process;
    this.kept.push(() => {
      process.emitWarning = emitWarning;
    });
    process.emitWarning = (warning, ...rest) => {
      this.warned += `${warning?.message ?? warning} ${rest.filter(each => typeof each === 'string').join(' ')}\n`;
    };
  }

  end() {
    this.kept.forEach(each => each());
    return { printed: this.printed + readFileSync(this.file).subarray(this.from, this.from + MOST).toString('latin1'), warned: this.warned, broken: [...broken] };
  }
}

module.exports = { Outputs };
