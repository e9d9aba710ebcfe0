// Functions rewritten so that their calls are told, and files so that what they bind can be had: `process.__ab` hears of both.
// Looked up at `globalThis.process`, which test runners copy into the realms that they make; where nobody listens nothing is done.
'use strict';

const { Edits } = require('./edits.cjs');
const { parse, walk } = require('./parsing.cjs');
const { find, locate, bindings } = require('./finding.cjs');
const { isTyped, plain, lowered, endOf } = require('./types.cjs');

const HEARER = 'globalThis.process.__ab', TYPED_HEARER = '(globalThis as any).process.__ab';

/**
 * The text of a file with some of its functions watched and its bindings named. TypeScript stays it.
 * @param {string} text @param {string} file its path within the repository @param {boolean} module
 * @param {{ id: string, name: string, line: number }[]} targets functions to watch
 * @param {{ timed?: boolean }} options
 * @returns {{ text: string, problems: Map<string, string>, functions: Map<string, object> }} why targets cannot be watched, and what they are
 */
function watch(text, file, module, targets, { timed = false } = {}) {
  const code = plain(text, file), tree = parse(code, module), edits = new Edits(text), problems = new Map(), functions = new Map();
  const all = find(tree, code), typed = isTyped(file);
  targets.forEach((target, number) => {
    const found = locate(all, target);
    if (!found) problems.set(target.id, 'it cannot be found in its file');
    else if (found.why) problems.set(target.id, found.why);
    else {
      // A constructor of a derived class whose types are looked at has to call `super` outside of blocks.
      const isTimed = timed && !(typed && found.isDerived);
      functions.set(target.id, { ...found, isTimed });
      enter(edits, { text, code, hearer: typed ? TYPED_HEARER : HEARER }, found, target.id, number, isTimed);
    }
  });
  const watched = withNames(edits, tree, code, file, module, typed);
  if (typed) parse(plain(watched, file), module); // else nothing that is asked of it would run
  return { text: watched, problems, functions };
}

/** The text of a file in plain JavaScript with its bindings named and nothing else changed. */
function nameBindings(text, file, module) {
  return withNames(new Edits(text), parse(text, module), text, file, module, false);
}

/** The same of a file as it lies in the repository, in its language. */
function nameSource(text, file, module) {
  if (!isTyped(file)) return nameBindings(text, file, module);
  if (/\bconst\s+enum\b/.test(text)) return text; // which is no value
  const code = lowered(text, file);
  return withNames(new Edits(text), parse(code, module), code, file, module, true);
}

function withNames(edits, tree, code, file, module, typed) {
  const names = bindings(tree, code), hearer = typed ? TYPED_HEARER : HEARER;
  // What was put there in no way that can be read off has no other name.
  if (!module && !typed && !names.includes('module.exports')) names.push('module.exports');
  if (names.length === 0 && !typed) return edits.toString();
  const table = names.map(name => `${JSON.stringify(name)}:()=>${typed ? `(${name} as any)` : name}`).join(',');
  return `${edits.toString()}\n;${hearer}&&${hearer}.names(${JSON.stringify(file)},{__proto__:null,${table}});\n`;
}

function enter(edits, { text, code, hearer }, found, id, number, timed) {
  const { node, kind } = found;
  // What a function is called of is nothing to one that does not look at it: often it is the module.
  const self = kind === 'constructor' ? 'new.target' : kind === 'arrow' || kind === 'function' && !usesThis(node.body) ? 'undefined' : 'this';
  let lets = '', given = 'arguments';
  if (kind === 'arrow') {
    const list = [];
    node.params.forEach((parameter, place) => {
      const dots = parameter.type === 'RestElement' ? '...' : '';
      const target = parameter.type === 'AssignmentPattern' ? parameter.left : dots ? parameter.argument : parameter;
      if (target.type === 'Identifier') {
        list.push(dots + target.name);
        return;
      }
      // A pattern gets a name, and is taken apart in the body: the length of the function stays.
      lets += `let ${text.slice(target.start, target.end)}=__ab${number}_${place};`.replace(/\n/g, ' ');
      edits.replace(target.start, target.end, `__ab${number}_${place}${'\n'.repeat(text.slice(target.start, target.end).split('\n').length - 1)}`);
      list.push(`${dots}__ab${number}_${place}`);
    });
    given = `[${list.join(',')}]`;
  }

  const told = `${hearer}&&${hearer}.enter(${JSON.stringify(id)},${self},${given},globalThis)`;
  const name = `__ab${number}`;
  const [before, after] = timed
    ? [`const ${name}=${told};try{${lets}`,
      `}catch(${name}e){${name}&&(${name}.raised=true);throw ${name}e}finally{${name}&&${hearer}.leave(${name})}`]
    : [`${told};${lets}`, ''];
  if (node.body.type === 'BlockStatement') {
    const directives = node.body.body.filter(each => each.directive);
    const start = directives.length ? directives.at(-1).end : node.body.start + 1, isEmpty = start === node.body.end - 1;
    edits.open(start, `${directives.length ? ';' : ''}${before}${isEmpty ? after : ''}`);
    if (after && !isEmpty) edits.close(node.body.end - 1, after);
  } else {
    edits.open(node.body.start, `{${before}return (`);
    edits.close(endOf(text, code, node.body.end), `)${after}}`);
  }
}

function usesThis(body) {
  let uses = false;
  walk(body, node => {
    uses ||= node.type === 'ThisExpression' || node.type === 'Identifier' && node.name === 'eval';
    return !uses && node.type !== 'FunctionExpression' && node.type !== 'FunctionDeclaration';
  });
  return uses;
}

/** Names of a function's parameters, in order; null for one that is taken apart. */
function parameters(node) {
  return node.params.map(parameter => {
    const target = parameter.type === 'AssignmentPattern' ? parameter.left : parameter.type === 'RestElement' ? parameter.argument : parameter;
    return target.type === 'Identifier' ? target.name : null;
  });
}

module.exports = { watch, nameBindings, nameSource, parameters };
