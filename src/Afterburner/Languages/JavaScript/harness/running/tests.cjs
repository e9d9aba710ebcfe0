// Runs the repository's tests by Node's own test runner, as its package.json does, and passes on what they come to.
'use strict';

const path = require('node:path');
const { spawn } = require('node:child_process');

const LONGEST_PROBLEM = 2000;
// A flag of V8 that Node's WebAssembly needs where address space is limited.
const OPTIONS = ['--disable-wasm-trap-handler'];

/** Answers `tests`. */
async function main(request, emit) {
  emit({ type: 'done', ...await run(request, emit) });
}

/**
 * Runs tests.
 * @param {{ folder?: string, flags?: string, testPatterns?: string, tests?: string[] }} request flags and testPatterns are words for a shell, as package.json has them
 * @param {string | null} preload a module that each process of the tests loads first
 * @returns {Promise<{ problem?: string }>}
 */
function run(request, emit, preload = null, environment = {}) {
  const folder = path.resolve(request.folder ?? '');
  const files = request.tests ? [...new Set(request.tests.map(fileOf))].map(quote).join(' ') : request.testPatterns ?? '';
  const reporter = path.join(__dirname, 'reporter.cjs');
  const command = `exec ${quote(process.execPath)} ${request.flags ?? ''} --test --test-concurrency=1 --test-reporter=${quote(reporter)} --test-reporter-destination=stdout ${files}`;
  const options = [process.env.NODE_OPTIONS, ...OPTIONS, ...preload ? [`--require=${preload}`] : []].filter(Boolean).join(' ');
  return new Promise(resolve => {
    const child = spawn('/bin/sh', ['-c', command], {
      cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...environment, NODE_OPTIONS: options },
    });
    let rest = '', errors = '', told = 0;
    child.stdout.setEncoding('utf8').on('data', chunk => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop();
      for (const line of lines) {
        let message;
        try {
          message = JSON.parse(line);
        } catch {
          continue; // of somebody else
        }
        if (message?.type !== 'started' && message?.type !== 'outcome') continue;
        told++;
        emit(message);
      }
    });
    child.stderr.setEncoding('utf8').on('data', chunk => {
      errors = (errors + chunk).slice(-LONGEST_PROBLEM);
    });
    child.on('error', error => resolve({ problem: `the tests could not be started: ${error.message}` }));
    child.on('close', (code, signal) => resolve(
      signal ? { problem: `node --test was ended by ${signal}: ${errors.trim()}` }
      : code !== 0 && told === 0 ? { problem: `node --test ended with ${code}: ${errors.trim()}` }
      : {}));
  });
}

const fileOf = id => id.split('::')[0];

const quote = word => `'${word.replace(/'/g, "'\\''")}'`;

module.exports = { main, run };
