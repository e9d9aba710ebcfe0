// What modules import, in a copy that Node runs without anything that transforms them: paths without an extension, `.js` that means `.ts`, folders,
// paths of a tsconfig.json, and JSON become the files that are there.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { Edits } = require('./edits.cjs');
const { isModule, parse, walk, TYPED } = require('./parsing.cjs');
const { unbound } = require('./scopes.cjs');

const ENDINGS = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs', '.json'];
const MEANS = new Map([['.js', ['.ts']], ['.mjs', ['.mts']], ['.cjs', ['.cts']], ['.jsx', []]]);
const IMPORTS = /(?:\bfrom|\bimport|\brequire)\s*\(?\s*['"]([^'"\n]+)['"]/g;
const DEEPEST = 5;
const NOTHING = { base: null, paths: {}, of: '' };

class Linking {
  /** @param {string} root of the repository */
  constructor(root) {
    this.root = root;
    this.found = new Map();
    this.settings = new Map();
  }

  /** The file of the repository that an import means, by its path in it; null for what is elsewhere. */
  resolve(from, wanted) {
    const folder = path.dirname(from);
    if (/^\.{1,2}(\/|$)/.test(wanted)) return this.file(path.normalize(path.join(folder, wanted)));
    if (wanted.startsWith('/') || wanted.startsWith('node:')) return null;
    for (const place of this.aliased(folder, wanted)) {
      const found = place.startsWith('..') ? null : this.file(place);
      if (found !== null) return found;
    }
    return null;
  }

  file(place) {
    if (!this.found.has(place)) this.found.set(place, this.look(place));
    return this.found.get(place);
  }

  look(place) {
    const is = file => {
      try {
        return fs.statSync(path.join(this.root, file)).isFile();
      } catch {
        return false;
      }
    };
    const ending = path.extname(place), bare = place.slice(0, place.length - ending.length);
    const candidates = [place, ...(MEANS.get(ending) ?? []).map(each => bare + each), ...ENDINGS.map(each => place + each), ...ENDINGS.map(each => path.join(place, `index${each}`))];
    return candidates.find(is) ?? null;
  }

  /** What the nearest tsconfig.json makes of a name. */
  aliased(folder, wanted) {
    const { base, paths, of } = this.configured(folder), places = [];
    for (const [pattern, list] of Object.entries(paths)) {
      const [before, after] = pattern.split('*');
      const fits = after === undefined ? wanted === pattern : wanted.length >= before.length + after.length && wanted.startsWith(before) && wanted.endsWith(after);
      if (!fits || !Array.isArray(list)) continue;
      const star = wanted.slice(before.length, wanted.length - (after ?? '').length);
      for (const each of list) if (typeof each === 'string') places.push(path.join(of, each.replace('*', star)));
    }
    if (base !== null) places.push(path.join(base, wanted));
    return places;
  }

  configured(folder) {
    if (!this.settings.has(folder)) {
      const own = path.join(folder, 'tsconfig.json');
      const found = fs.existsSync(path.join(this.root, own)) ? this.read(own, 0) : null;
      this.settings.set(folder, found ?? (folder === '.' || folder === '' ? NOTHING : this.configured(path.dirname(folder))));
    }
    return this.settings.get(folder);
  }

  /** @returns {{ base: string | null, paths: Record<string, unknown>, of: string }} folders from the root: where names without a path are, and where those of `paths` are */
  read(file, depth) {
    let told;
    try {
      told = JSON.parse(withoutComments(fs.readFileSync(path.join(this.root, file), 'utf8')));
    } catch {
      return NOTHING;
    }
    const folder = path.dirname(file), options = told?.compilerOptions ?? {};
    const above = depth < DEEPEST && typeof told?.extends === 'string' && told.extends.startsWith('.')
      ? this.read(path.join(folder, told.extends.endsWith('.json') ? told.extends : `${told.extends}.json`), depth + 1) : NOTHING;
    const base = typeof options.baseUrl === 'string' ? path.join(folder, options.baseUrl) : above.base;
    const isSaid = options.paths !== null && typeof options.paths === 'object';
    return { base, paths: isSaid ? options.paths : above.paths, of: isSaid ? base ?? folder : above.of };
  }
}

/** Settings as TypeScript reads them: with comments, and commas at the end of lists. */
function withoutComments(text) {
  return text.replace(/("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[^]*?\*\//g, (all, kept) => kept ?? '').replace(/("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])/g, (all, kept) => kept ?? '');
}

/** Where the file of a path lies in the copy. */
function placed(root, file) {
  return TYPED.test(file) ? `${file}${isModule(path.join(root, file)) ? '.mjs' : '.cjs'}` : file;
}

/**
 * Plain JavaScript whose imports lead to files of the copy, in the lines in which they stand.
 * @param {string} code @param {string} file its path in the repository @param {(file: string) => void} json hears of a file in JSON that a module imports
 */
function linked(code, file, module, linking, json) {
  const typed = TYPED.test(file);
  if (!typed && !leadsElsewhere(code, file, module, linking)) return code;
  const tree = parse(code, module), edits = new Edits(code);
  const lead = (literal, imports) => {
    if (literal?.type !== 'Literal' || typeof literal.value !== 'string') return;
    const found = linking.resolve(file, literal.value);
    if (found === null) return;
    const isJson = found.endsWith('.json') && imports;
    if (isJson) json(found);
    const place = path.relative(path.dirname(file), isJson ? `${found}.mjs` : placed(linking.root, found));
    edits.replace(literal.start, literal.end, JSON.stringify(place.startsWith('.') ? place : `./${place}`));
  };
  walk(tree, node => {
    switch (node.type) {
      case 'ImportDeclaration':
      case 'ExportNamedDeclaration':
      case 'ExportAllDeclaration': {
        const source = node.source, attributes = node.attributes ?? [];
        if (source && attributes.length === 0) lead(source, module);
        break;
      }
      case 'ImportExpression': lead(node.source, !node.options); break;
      case 'CallExpression': if (node.callee.type === 'Identifier' && node.callee.name === 'require' && node.arguments.length === 1) lead(node.arguments[0], false); break;
    }
    return true;
  });
  if (typed && module) edits.open(0, surroundings(tree, code));
  return edits.toString();
}

function leadsElsewhere(code, file, module, linking) {
  for (const [, wanted] of code.matchAll(IMPORTS)) {
    if (!/^\.{1,2}(\/|$)/.test(wanted)) continue;
    const found = linking.resolve(file, wanted);
    if (found !== null && (TYPED.test(found) || module && (found !== path.normalize(path.join(path.dirname(file), wanted)) || found.endsWith('.json')))) return true;
  }
  return false;
}

/** What a module has around it where it is turned into CommonJS. */
function surroundings(tree, code) {
  const wanted = unbound(tree), words = [];
  if (code.startsWith('#!')) return '';
  if (wanted.has('require')) words.push("import{createRequire as __abRequire}from'node:module';const require=__abRequire(import.meta.url);");
  if (wanted.has('__filename') || wanted.has('__dirname')) {
    words.push("import{fileURLToPath as __abPath}from'node:url';import{dirname as __abFolder}from'node:path';");
    if (wanted.has('__filename')) words.push("const __filename=__abPath(import.meta.url).replace(/\\.mjs$/,'');");
    if (wanted.has('__dirname')) words.push('const __dirname=__abFolder(__abPath(import.meta.url));');
  }
  return words.join('');
}

/** A module that has what a file in JSON says. */
function jsonModule(text) {
  const value = JSON.parse(text);
  const names = value !== null && typeof value === 'object' && !Array.isArray(value) ? Object.keys(value).filter(key => /^[A-Za-z_$][\w$]*$/.test(key)) : [];
  return `const value=${JSON.stringify(value)};export default value;${names.map((key, number) => `const v${number}=value[${JSON.stringify(key)}];export{v${number} as ${key}};`).join('')}\n`;
}

module.exports = { Linking, linked, placed, jsonModule };
