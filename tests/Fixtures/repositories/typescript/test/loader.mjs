// What tsx and its like do, in a few lines: files in TypeScript without their types and enums, found by `./x.js` and by `./x`.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import swc from '@swc/wasm-typescript';

export async function resolve(specifier, context, next) {
  try {
    return await next(specifier, context);
  } catch (error) {
    if (!specifier.startsWith('.')) throw error;
    return await next(`${specifier.replace(/\.js$/, '')}.ts`, context);
  }
}

export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  const text = await readFile(fileURLToPath(url), 'utf8');
  return { format: 'module', shortCircuit: true, source: swc.transformSync(text, { mode: 'transform', transform: { verbatimModuleSyntax: true } }).code };
}
