// What a call writes for somebody to read: to standard output and error, and as warnings.
'use strict';

const MOST = 1 << 20;

class Outputs {
  constructor() {
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
    return { printed: this.printed, warned: this.warned };
  }
}

module.exports = { Outputs };
