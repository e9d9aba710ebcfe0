'use strict';

const test = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { load } = require('./harness.cjs');
const { Case } = require('./judging.cjs');

const { plain, lowered } = load('functions/types.cjs');
const { watch, nameSource } = load('functions/watching.cjs');
const { stage } = load('functions/staging.cjs');
const { placeOf } = load('functions/places.cjs');
const { checked } = load('checking/check.cjs');

function folder(files) {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'afterburner-types-'));
  for (const [file, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    fs.writeFileSync(path.join(root, file), text);
  }
  return root;
}

/** What a file of a repository exports, laid out as versions are. */
async function laidOut(files, file) {
  const root = folder(files), to = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'afterburner-laid-')), 'laid');
  fs.mkdirSync(to);
  stage(root, to, new Map());
  return import(placeOf(to, file));
}

test('types become blanks, and what is imported for them alone is not imported', () => {
  const text = `import { A, b, type C } from './x';
import D, { E } from './y';
import * as N from './z';
import './effect';
export const f = <T extends A>(x: T, ...ys: N.Y[]): C[] => b(x as any)! as C[];
export abstract class K<T> implements E { private readonly m?: T; declare n: number; abstract o(): void; public static p(this: void, q?: D): void {} }
export type { A }; // wide: ä € 😀
function over(x: string): void; function over(x: any) { return x satisfies object; }
interface Ü { ü: '€' }
`;
  const code = plain(text, 'a.ts');

  assert.equal(code.length, text.length);
  assert.deepEqual(code.split('\n').map(line => line.length), text.split('\n').map(line => line.length));
  assert.match(code, /^import { {4}b, +} from '.\/x';\n; +\n; +\nimport '.\/effect';\n/);
  assert.equal(code.indexOf('=> b('), text.indexOf('=> b('));
  assert.equal(plain('let x: number = 1', 'a.js'), 'let x: number = 1');
});

test('what is more than types is told, and is transformed in a file that only lies beside', () => {
  const text = 'export enum Color { Red, Blue }\nexport namespace N { export const one = 1; }\nexport class P { constructor(public x: number) {} }\n';

  assert.throws(() => plain(text, 'a.ts'), /more than types.*enum/i);
  assert.throws(() => plain('@dec\nclass A { @field x: number = 1 }\n', 'a.ts'), /more than types: decorators/);
  assert.match(lowered(text, 'a.ts'), /Color\[.*"Red"/);
  assert.throws(() => plain('let = ;', 'a.ts'), SyntaxError);
});

test('functions in TypeScript are watched in TypeScript, on their lines', () => {
  const text = `export const g = ({ a, b }: { a: number; b: number }, c?: string): number =>
  a + b as number;
export function f<T>(this: void, x: T): T { return x; }
export class B extends Map<string, number> { #n = 1; constructor(n: number) { super(); this.#n = n; } get v(): number { return this.#n; } }
const h = (x: unknown) => x!;
`;
  const targets = ['g', 'f', 'B.constructor', 'B.v', 'h'].map((name, n) => ({ id: name, name, line: [1, 3, 4, 4, 5][n] }));
  const { text: watched, problems } = watch(text, 'a.ts', true, targets, { timed: true });

  assert.deepEqual([...problems], []);
  assert.match(watched, /\(__ab0_0: \{ a: number; b: number \}, c\?: string\): number =>/);
  assert.match(watched, /return \(a \+ b as number\)/);
  assert.doesNotMatch(watched, /\?\./);
  assert.doesNotMatch(watched, /[^)]\.process\.__ab/);
  assert.match(watched, /\{\(globalThis as any\)[^{]*super\(\); this/); // `super` stays outside of blocks
  assert.deepEqual(watched.split('\n').slice(2, 4).map(line => line.slice(0, 14)), ['export functio', 'export class B']);
  assert.match(nameSource('export enum E { A }\nexport const x: E = E.A;\n', 'b.ts', true), /"E":\(\)=>\(E as any\)/);
});

test('imports lead where those lead that tests are run with', async () => {
  const files = {
    'package.json': '{ "version": "1.2.3" }',
    'tsconfig.json': '{ // paths\n "compilerOptions": { "baseUrl": ".", "paths": { "@/*": ["src/*"], }, }, }',
    'src/a.ts': "import { b } from './b.js';\nimport { c } from './c';\nimport { d } from './d';\nimport { e } from '@/e';\nimport { version } from '../package.json';\nimport type { T } from './types';\nimport { U } from './types';\n"
      + "export { f } from './f.mjs';\nexport const all = (): unknown[] => [b, c, d, e, version, __filename, require('./g.cjs')] as U[];\nexport const late = async () => (await import('./b.js')).b;\n",
    'src/b.ts': 'export const b: string = "b";\n', 'src/c.ts': 'export const c = "c";\n', 'src/d/index.ts': 'export enum D { X = "d" }\nexport const d = D.X;\n', 'src/e.js': "export { c as e } from './c.js';\n",
    'src/f.mts': 'export const f = 5 as const;\n', 'src/g.cts': 'module.exports = "g" as string;\n', 'src/types.ts': 'export type T = 1; export interface U {}\n', 'src/package.json': '{ "type": "module" }',
  };
  const made = await laidOut(files, 'src/a.ts');

  const all = made.all();
  assert.deepEqual([...all.slice(0, 5), made.f, all[6], await made.late()], ['b', 'c', 'd', 'c', '1.2.3', 5, 'g', 'b']);
  assert.match(all[5], /src\/a\.ts$/);
});

test('a candidate in TypeScript is judged as one in JavaScript is', () => {
  const files = {
    'lib.ts': "import type { Row } from './rows';\n\nexport function firsts<T extends Row>(rows: readonly T[]): string[] {\n  const found: string[] = [];\n  for (const row of rows) {\n    found.push(row.name as string);\n  }\n  return found;\n}\n",
    'rows.ts': 'export interface Row { name: string }\n',
  };
  const calls = [[[]], [[{ name: 'a' }, { name: 'b' }]], [[{ name: 'c' }]]];
  const found = new Case(files, 'firsts', calls), body = text => text.slice(text.indexOf('  const found'), text.lastIndexOf('}'));
  const judge = candidate => found.judge(text => text.replace(body(text), candidate));

  assert.match(judge('  return rows.map(row => row.name as string);\n'), /^equal/);
  assert.match(judge('  return rows.map((row: T): string => row.name).reverse();\n'), /^different/);
  assert.match(judge('  enum E { A }\n  return rows.map(row => row.name);\n'), /^refused: .*more than types/);
});

test('a candidate keeps the types of its function', () => {
  const file = 'export function f(x: number): number {\n  return x;\n}\n', target = { path: 'f.ts', name: 'f', line: 1 };
  const check = candidateFile => checked({ target, file, candidateFile });

  assert.equal(check(file.replace('return x', 'return +x')).ok, true);
  assert.match(check(file.replace('x: number)', 'x: any)')).reason, /arguments/);
  assert.match(check(file.replace('): number', '): any')).reason, /arguments/);
  assert.match(check(`${file}type T = 1;\n`).reason, /outside/);
});
