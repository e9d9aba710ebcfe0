// One version of one function, asked over frames: it answers calls with bytes. Nothing is measured, compared, ordered or decided here, and
// nothing of the repository is loaded. Every order is carried out by a child of its own, which loads the version, gets the inputs, answers, and ends.
'use strict';

const { Pipe, Gone, KIND } = require('./frames.cjs');
const { Version, Unfit } = require('./version.cjs');

const LOADS = { do: 'load' };

function main(inbox, outbox) {
  const pipe = new Pipe(inbox, outbox);
  const setup = JSON.parse(pipe.receive(KIND.command));
  if (setup.picks) {
    pipe.reply({ unfit: 'calls inside tests cannot be stopped at in this language' });
    return;
  }
  let version;
  try {
    version = new Version(setup);
  } catch (error) {
    pipe.reply(error instanceof Unfit ? { unfit: error.message } : { failed: `${error.name}: ${error.message}` });
    return;
  }
  const status = version.run(LOADS, inbox, outbox); // it says itself whether it can
  if (status !== 0) {
    if (status !== 70 << 8) pipe.reply({ failed: status & 0x7f ? `its module ended the process by signal ${status & 0x7f}` : `its module ended the process with exit code ${status >> 8}` });
    return;
  }
  try {
    while (true) {
      const order = JSON.parse(pipe.receive(KIND.command));
      const ended = version.run(order, inbox, outbox);
      pipe.send(KIND.ended, JSON.stringify({ status: ended }));
    }
  } catch (error) {
    if (!(error instanceof Gone)) throw error;
  }
}

module.exports = { main };
