// Runs the repository's tests by the runner that its package.json calls, as it calls it, and passes on what they come to.
'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { spawn } = require('node:child_process');
const { RUNNERS } = require('./runners.cjs');
const { quote } = require('./words.cjs');

const LONGEST_PROBLEM = 2000;
// A flag of V8 that Node's WebAssembly needs where address space is limited.
const OPTIONS = ['--disable-wasm-trap-handler'];
const BUILD_FAILED = 97;

/** Answers `tests`. */
async function main(request, emit) {
  emit({ type: 'done', ...await run(request, emit) });
}

/**
 * Runs tests.
 * @param {{ folder?: string, runner?: string, before?: string[], flags?: string, testPatterns?: string, options?: string, variables?: Record<string, string>, tests?: string[] }} request
 * before: command lines that make what is tested; flags and testPatterns are words for a shell, as package.json has them
 * @param {string | null} preload a module that each process of the tests loads first
 * @returns {Promise<{ problem?: string }>}
 */
function run(request, emit, preload = null, environment = {}) {
  const folder = path.resolve(request.folder ?? ''), name = request.runner ?? 'node', runner = RUNNERS[name], called = name === 'node' ? 'node --test' : name;
  const files = request.tests ? [...new Set(request.tests.map(fileOf))].map(quote).join(' ') : null;
  const made = fs.mkdtempSync(path.join(os.tmpdir(), 'afterburner-tests-')), out = path.join(made, 'outcomes');
  const before = (request.before ?? []).map(each => `{ ${each}\n} >&2 || exit ${BUILD_FAILED}; `).join('');
  let command;
  try {
    if (name !== 'node') installed(folder);
    command = `${before}${preloaded([request.options ?? '', ...heap(name), ...preload ? [`--require=${preload}`] : []])}exec ${runner.command({ flags: request.flags ?? '', patterns: request.testPatterns ?? '', files, folder, out })}`;
  } catch (error) {
    return Promise.resolve({ problem: `${called} could not be started: ${error.message}` });
  }
  return new Promise(resolve => {
    const child = spawn('/bin/sh', ['-c', command], {
      cwd: folder, stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...request.variables, ...process.env, ...environment, AFTERBURNER_OUTCOMES: out, NODE_OPTIONS: joined([process.env.NODE_OPTIONS, ...OPTIONS]),
        PATH: [path.join(folder, 'node_modules/.bin'), '/node_modules/.bin', process.env.PATH].filter(Boolean).join(':'),
      },
    });
    let rest = '', said = '', errors = '', told = 0;
    const tell = message => {
      if (message?.type !== 'started' && message?.type !== 'outcome') return;
      told++;
      emit(message);
    };
    child.stdout.setEncoding('utf8').on('data', chunk => {
      said = (said + chunk).slice(-LONGEST_PROBLEM);
      const lines = (rest + chunk).split('\n');
      rest = lines.pop();
      for (const line of runner.streams ? lines : []) {
        try {
          tell(JSON.parse(line));
        } catch {
          continue; // of somebody else
        }
      }
    });
    child.stderr.setEncoding('utf8').on('data', chunk => {
      errors = (errors + chunk).slice(-LONGEST_PROBLEM);
    });
    child.on('error', error => resolve({ problem: `the tests could not be started: ${error.message}` }));
    child.on('close', (code, signal) => {
      const words = () => (errors.trim() || said.trim());
      if (code === BUILD_FAILED && told === 0) {
        resolve({ problem: `what the script "test" calls before the tests failed: ${words()}` });
        return;
      }
      if (!runner.streams && fs.existsSync(out)) {
        try {
          runner.read(fs.readFileSync(out, 'utf8'), fs.realpathSync(folder)).forEach(tell);
        } catch (error) {
          resolve({ problem: `what ${called} wrote of the tests cannot be read: ${error.message}` });
          return;
        }
      }
      resolve(
        signal ? { problem: `${called} was ended by ${signal}: ${words()}` }
        : told === 0 && (code !== 0 || !runner.streams) ? { problem: `${called} ended with ${code}${runner.streams ? '' : ' and told of no test'}: ${words()}` }
        : {});
    });
  });
}

const joined = list => list.filter(Boolean).join(' ');

/** What the processes of the tests have beside what those have that only make something. */
function preloaded(options) {
  const words = joined(options);
  return words === '' ? '' : `export NODE_OPTIONS="$NODE_OPTIONS "${quote(words)}; `;
}

/** Half of the address space that there is: by itself Node takes as much as it takes on a machine without limits. */
function heap(name) {
  if (name === 'node') return [];
  const limit = /^Max address space\s+(\d+)/m.exec(fs.existsSync('/proc/self/limits') ? fs.readFileSync('/proc/self/limits', 'utf8') : '');
  return limit ? [`--max-old-space-size=${Math.min(4096, Math.floor(Number(limit[1]) / 2 / 2 ** 20))}`] : [];
}

/** Runners write below node_modules, which nobody may: in this copy it becomes a folder of links. */
function installed(folder) {
  const own = path.join(folder, 'node_modules'), shared = '/node_modules';
  if (fs.existsSync(own) || !fs.existsSync(shared)) return;
  fs.mkdirSync(own);
  for (const name of fs.readdirSync(shared)) if (!/^\.(vite|vite-temp|vitest|cache)$/.test(name)) fs.symlinkSync(path.join(shared, name), path.join(own, name));
}

const fileOf = id => id.split('::')[0];

module.exports = { main, run };
