// Entry of the harness: `node run.cjs COMMAND` answers one JSON request with JSON lines; `runner` is talked to instead.
// Nothing of the repository is loaded by this process: its tests, and versions under review, run in processes that this one starts.
'use strict';

const fs = require('node:fs');

const COMMANDS = {
  tests: './running/tests.cjs',
  capture: './capturing/capture.cjs',
  answers: './comparing/answers.cjs',
  check: './checking/check.cjs',
  amplify: './growing/amplify.cjs',
  flow: './rewriting/flow.cjs',
};

function emit(message) {
  const data = Buffer.from(`${JSON.stringify(message)}\n`);
  for (let at = 0; at < data.length;) at += fs.writeSync(1, data, at);
}

async function main(command) {
  if (command === 'runner') {
    require('./timing/runner.cjs').main(0, 1);
    return;
  }
  try {
    if (!COMMANDS[command]) throw new Error(`this language has no ${command}`);
    await require(COMMANDS[command]).main(JSON.parse(fs.readFileSync(0, 'utf8')), emit);
  } catch (error) {
    emit({ type: 'error', message: `${error?.name}: ${error?.message}`, trace: String(error?.stack).slice(-4000) });
    process.exitCode = 1;
  }
}

main(process.argv[2]);
