// What a candidate may not do or say, beyond what the original does: each finding is a sentence for a person. What a candidate answers is
// read in the process that runs it, so that what could change that process is refused here, and not left to comparison.
'use strict';

const { children, isFunction, walk } = require('../functions/parsing.cjs');
const { uses, bound } = require('../functions/scopes.cjs');

const PURE = new Set(['undefined', 'NaN', 'Infinity', 'Math', 'JSON', 'Object', 'Array', 'String', 'Number', 'Boolean', 'BigInt', 'Map', 'Set', 'RegExp',
  'Error', 'TypeError', 'RangeError', 'SyntaxError', 'EvalError', 'URIError', 'AggregateError', 'parseInt', 'parseFloat', 'isNaN', 'isFinite',
  'encodeURIComponent', 'decodeURIComponent', 'encodeURI', 'decodeURI', 'structuredClone']);
const LAST_MATCH = /^(lastMatch|lastParen|leftContext|rightContext|\$[1-9&+`'_])$/; // what RegExp keeps
const BITS = new Set(['|', '&', '^', '~', '<<', '>>', '>>>']);
// Of a number these leave only a part, which is all of those that tests happen to use.
const NARROWING = new Set(['toFixed', 'toPrecision', 'toExponential', 'fround', 'clz32', 'imul']);
const OF_OBJECT = new Set(['keys', 'values', 'entries', 'fromEntries', 'create', 'assign', 'is', 'hasOwn', 'groupBy', 'getOwnPropertyNames', 'freeze', 'isFrozen']);
const CODE = new Set(['eval', 'Function', 'AsyncFunction', 'GeneratorFunction', 'importScripts']);
const FRAMES = new Set(['stack', 'prepareStackTrace', 'captureStackTrace', 'stackTraceLimit', 'caller', 'callee']);
const SHARED = new Set(['constructor', 'prototype', '__proto__', 'setPrototypeOf', 'getPrototypeOf', '__defineGetter__', '__defineSetter__', '__lookupGetter__', '__lookupSetter__',
  'defineProperty', 'defineProperties', 'getOwnPropertyDescriptor', 'getOwnPropertyDescriptors']);
const MUTATORS = new Set(['push', 'pop', 'shift', 'unshift', 'splice', 'sort', 'reverse', 'fill', 'copyWithin', 'set', 'add', 'delete', 'clear']);
const TYPES = new Set(['string', 'number', 'object', 'function', 'undefined', 'boolean', 'symbol', 'bigint']);
const SMALL = 2;

/** The first reason to refuse a candidate, or null. @param {object} original function @param {object} candidate function @param {string} name of both */
function refusal(original, originalText, candidate, candidateText, name = '') {
  const known = findings(original, originalText, name), found = findings(candidate, candidateText, name);
  for (const [rule, sentence] of found) if (!known.has(rule)) return sentence;
  const [before, after] = [spoken(original), spoken(candidate)];
  for (const [rule] of known) {
    const [, kind, value] = /^(number|text|regexp) ([^]*)$/.exec(rule) ?? [];
    if (kind && !found.has(rule) && !(kind === 'text' && after.has(value))) return `The candidate is unproven: it no longer names ${kind === 'text' ? JSON.stringify(value) : value}, and calls on it cannot be made in this language yet.`;
    if (rule === 'loose' && !found.has(rule)) return 'The candidate is unproven: it no longer compares by ==, and calls with values of other types cannot be made in this language yet.';
    if (kind === undefined && /^sent /.test(rule) && !found.has(rule)) return 'The candidate is unproven: it takes what is sent to it otherwise than the original, and nothing is sent to it where calls are made again.';
  }
  for (const property of before) {
    if (!after.has(property) && !BUILTIN.has(property)) return `The candidate is unproven: it no longer reads .${property}, and calls that differ in it cannot be made in this language yet.`;
  }
  if (finals(candidate) < finals(original)) return 'The candidate is unproven: it has no `finally` where the original has one, and what it does when it is left early is not told.';
  const reads = node => {
    const names = new Set();
    walk(node.body, (inner, parent) => {
      if (inner.type === 'Identifier' && !(parent.type === 'MemberExpression' && parent.property === inner && !parent.computed)) names.add(inner.name);
    });
    return names;
  };
  const [read, still] = [reads(original), reads(candidate)];
  for (const name of original.params.flatMap(each => bound(each))) {
    if (read.has(name) && !still.has(name)) return `The candidate is unproven: it no longer reads ${name}, and calls that differ in it cannot be made in this language yet.`;
  }
  return null;
}

/** Rule -> sentence, for everything in a function that a rule is about. */
function findings(fn, text, name) {
  const constants = fixed(fn);
  const found = new Map();
  const add = (rule, sentence) => {
    if (!found.has(rule)) found.set(rule, sentence);
  };
  const around = new Set(); // nodes of names that the function has from around it
  const own = fn.id?.name ?? null;
  uses(fn, (name, node) => {
    around.add(node);
    if (CODE.has(name)) add(`code ${name}`, `The candidate evaluates text as code (${name}).`);
  });

  const root = node => {
    while (node.type === 'MemberExpression' || node.type === 'ChainExpression' || node.type === 'ParenthesizedExpression' || node.type === 'CallExpression') node = node.object ?? node.expression ?? node.callee;
    return node;
  };
  const stores = target => {
    if (target.type === 'ParenthesizedExpression') stores(target.expression);
    else if (target.type === 'Identifier') {
      if (around.has(target)) add(`assigns ${target.name}`, `The candidate assigns to ${target.name}: values would outlive the call.`);
    } else if (target.type === 'MemberExpression') {
      const holder = root(target);
      if (holder.type === 'Identifier' && around.has(holder)) add(`stores ${text.slice(target.start, target.end)}`, `The candidate stores in ${text.slice(target.start, target.end)}, which outlives the call.`);
    } else if (target.type === 'AssignmentPattern') stores(target.left);
    else if (target.type === 'RestElement') stores(target.argument);
    else if (target.type === 'ArrayPattern') target.elements.filter(Boolean).forEach(stores);
    else if (target.type === 'ObjectPattern') target.properties.forEach(each => stores(each.value ?? each.argument));
  };
  const member = name => {
    if (FRAMES.has(name)) add(`frames ${name}`, `The candidate inspects frames (${name}): it could tell who calls it.`);
    if (LAST_MATCH.test(name)) add(`shared ${name}`, `The candidate reaches for ${name}, which tells of calls before it.`);
    if (SHARED.has(name)) add(`shared ${name}`, `The candidate reaches for ${name}, by which it could change what all objects share.`);
    if (CODE.has(name)) add(`code ${name}`, `The candidate evaluates text as code (${name}).`);
    if (NARROWING.has(name)) add(`narrows ${name}`, `The candidate is unproven: it uses ${name}, which gives the same for some numbers alone, and calls on others cannot be made in this language yet.`);
    if (/^__ab|afterburner/i.test(name)) add(`harness ${name}`, 'The candidate looks for the harness that measures it.');
  };
  const plain = node => text.slice(node.start, node.end).replace(/\s+/g, '');
  const handed = list => {
    for (const each of list) if (each.type === 'SpreadElement' && !(each.argument.type === 'ArrayExpression')) add(`spread ${plain(each)}`, many(text.slice(each.start, each.end)));
  };
  const bits = () => add('bits', 'The candidate is unproven: it works on 32 bits of a number, and calls on numbers that have more cannot be made in this language yet.');
  const constant = value => {
    if (typeof value === 'number' && Math.abs(value) > SMALL || typeof value === 'bigint' && value > 2n) add(`number ${value}`, tried(value));
    if (typeof value === 'string' && value !== '') {
      member(value);
      add(`text ${value}`, tried(JSON.stringify(value)));
    }
  };

  const last = name.split('.').at(-1);
  const known = (node, parent) => {
    const value = folded(node, constants.values);
    if (value !== undefined && !(parent?.type === 'BinaryExpression' && folded(parent, constants.values) !== undefined)) constant(value);
  };
  for (const [rule, sentence] of usesOfThis(fn)) add(rule, sentence);
  for (const each of cycles(fn)) add(`recursion ${plain(each)}`, 'The candidate is unproven: a function inside of it comes to call itself, and what goes deep enough ends in a RangeError.');
  walk(fn, (node, parent) => {
    switch (node.type) {
      case 'AssignmentExpression':
        stores(node.left);
        if (BITS.has(node.operator.slice(0, -1))) bits();
        if (node.left.type === 'Identifier' && constants.counted.has(node.left.name) && (/^(\*|\*\*|<<|\+)=$/.test(node.operator) || node.operator === '=') && (/^(\*|\*\*|<<)=$/.test(node.operator) || spokenIn(node.right).has(node.left.name) && grows(node.right))) {
          add(`grows ${node.left.name}`, `The candidate is unproven: ${node.left.name} becomes a number that nothing it is called with decides, and calls on that number cannot be made in this language yet.`);
        }
        break;
      case 'ForStatement':
      case 'WhileStatement':
      case 'DoWhileStatement':
        if (node.test && node.test.type !== 'Literal' && spokenIn(node.test).size > 0 && [...spokenIn(node.test)].every(each => constants.counted.has(each))) {
          add(`fixed ${plain(node.test)}`, `The candidate is unproven: a loop of it goes on for as long as nothing it is called with decides (${text.slice(node.test.start, node.test.end)}).`);
        }
        break;
      case 'ThisExpression': break;
      case 'YieldExpression':
        if (parent.type !== 'ExpressionStatement') add(`sent ${plain(parent)}`, 'The candidate is unproven: it takes what is sent to it, and nothing is sent to it where calls are made again.');
        break;
      case 'NewExpression': handed(node.arguments); break;
      case 'UpdateExpression': stores(node.argument); break;
      case 'ForInStatement':
      case 'ForOfStatement':
        if (node.left.type !== 'VariableDeclaration') stores(node.left);
        break;
      case 'UnaryExpression':
        if (node.operator === 'delete') stores(node.argument);
        if (node.operator === '~') bits();
        else if (/^[-+!~]$/.test(node.operator)) known(node, parent);
        break;
      case 'CallExpression': {
        const callee = node.callee.type === 'ParenthesizedExpression' ? node.callee.expression : node.callee;
        handed(node.arguments);
        known(node, parent);
        if (callee.type === 'MemberExpression') {
          const called = callee.computed ? null : callee.property.name;
          if ((called === 'apply' || called === 'construct') && node.arguments.length > 1) add(`spread ${plain(node.arguments.at(called === 'apply' && node.arguments.length > 2 ? 2 : 1))}`, many(text.slice(node.start, node.end)));
          if (called !== null && called === last && callee.object.type !== 'Super') add(`calls ${plain(node)}`, `The candidate is unproven: it calls ${called}, which may be itself, and what goes deep enough ends in a RangeError.`);
        }
        if (callee.type === 'Identifier' && node.arguments.some(each => each.type === 'Identifier' && each.name === callee.name)) add(`recursion ${plain(node)}`, `The candidate is unproven: ${callee.name} is called with itself, and what goes deep enough ends in a RangeError.`);
        if (callee.type === 'MemberExpression' && !callee.computed && MUTATORS.has(callee.property.name)) {
          const holder = root(callee.object);
          if (holder.type === 'Identifier' && around.has(holder)) add(`changes ${text.slice(callee.start, callee.end)}`, `The candidate changes what outlives the call: ${text.slice(callee.start, callee.end)}().`);
        }
        break;
      }
      case 'MemberExpression':
        known(node, parent);
        if (node.computed) break;
        member(node.property.name);
        if (/^[A-Z][A-Z0-9_]+$/.test(node.property.name) && node.object.type === 'Identifier' && around.has(node.object) && PURE.has(node.object.name)) add(`number ${plain(node)}`, tried(plain(node)));
        if (node.object.type === 'Identifier' && around.has(node.object)) {
          const path = `${node.object.name}.${node.property.name}`;
          if (path === 'Math.random') add('chance', 'The candidate depends on chance (Math.random).');
          if (node.object.name === 'Object' && !OF_OBJECT.has(node.property.name)) add(`object ${path}`, `The candidate is unproven: it uses ${path}, which is not known to be pure.`);
        }
        break;
      case 'Identifier':
        // Probes have names like that.
        if (/^__ab/i.test(node.name)) add(`harness ${node.name}`, 'The candidate looks for the harness that measures it.');
        break;
      case 'Property':
        if (parent.type === 'ObjectPattern' && !node.computed && node.key.type === 'Identifier') member(node.key.name);
        break;
      case 'Literal':
        if (node.regex) add(`regexp ${node.raw}`, tried(node.raw));
        else if (isTypeTest(node, parent)) break;
        else if (parent.type !== 'Property' || parent.key !== node) constant(node.value);
        break;
      case 'TemplateElement':
        if (node.value.cooked) constant(node.value.cooked);
        break;
      case 'TemplateLiteral': known(node, parent); break;
      case 'BinaryExpression':
        if (BITS.has(node.operator)) bits();
        if (node.operator === '==' || node.operator === '!=') add('loose', 'The candidate is unproven: it compares by ==, which the original does not, and calls with values of other types cannot be made in this language yet.');
        known(node, parent);
        break;
      case 'ImportExpression': add('import', 'The candidate is unproven: it imports a module, which is not known to be pure.'); break;
      case 'MetaProperty': add(`meta ${text.slice(node.start, node.end)}`, `The candidate is unproven: it names ${text.slice(node.start, node.end)}, which the original does not.`); break;
      case 'WithStatement':
      case 'DebuggerStatement': add(node.type, 'The candidate has a statement that no version under review may have.'); break;
    }
    return true;
  });
  if (spokenIn(fn.body).has('arguments')) add('names arguments', 'The candidate is unproven: it reads `arguments`, and calls with more than it has names for cannot be made in this language yet.');
  uses(fn, (name, node, parent) => {
    if (/^__ab|afterburner/i.test(name)) add(`harness ${name}`, 'The candidate looks for the harness that measures it.');
    else if (name === own && parent?.type === 'CallExpression' && parent.callee === node) add(`recursion ${plain(parent)}`, `The candidate is unproven: ${own} calls itself, and what goes deep enough ends in a RangeError.`);
    else if (/Array$|^DataView$/.test(name) && name !== 'Array') add(`names ${name}`, `The candidate is unproven: it uses ${name}, which holds some numbers alone, and calls on others cannot be made in this language yet.`);
    else if (!PURE.has(name)) add(`names ${name}`, `The candidate is unproven: it names ${name}, which the original does not, and which is not known to be pure.`);
  });
  return found;
}

function finals(fn) {
  let count = 0;
  walk(fn, node => {
    if (node.type === 'TryStatement' && node.finalizer) count++;
  });
  return count;
}

const tried = shown => `The candidate is unproven: it names ${shown}, which the original does not, and calls on it cannot be made in this language yet.`;

const isTypeTest = (node, parent) => TYPES.has(node.value) && parent.type === 'BinaryExpression'
  && [parent.left, parent.right].some(side => side.type === 'UnaryExpression' && side.operator === 'typeof');

const many = shown => `The candidate is unproven: it hands on ${shown} one by one, which ends in a RangeError where there are very many, and calls that large cannot be made in this language yet.`;

/** Names of all that the language's own objects have: to read one of them no longer says nothing of what is read. */
const BUILTIN = new Set([Array, String, Number, Boolean, BigInt, Symbol, Map, Set, WeakMap, RegExp, Date, Promise, Error, Object, Function, Uint8Array, Math, JSON, Reflect, ArrayBuffer]
  .flatMap(each => [each, each.prototype, Object.getPrototypeOf(each)]).filter(Boolean).flatMap(each => Object.getOwnPropertyNames(each)).concat('next', 'done', 'value', 'index', 'lastIndex'));

/** Names of properties that a function reads: after a dot, in a pattern, and of `in` and brackets as texts. */
function spoken(fn) {
  const names = new Set();
  walk(fn.body, (node, parent) => {
    if (node.type === 'MemberExpression' && !node.computed && node.property.type === 'Identifier') names.add(node.property.name);
    if (node.type === 'Property' && parent.type === 'ObjectPattern' && !node.computed) names.add(node.key.name ?? String(node.key.value));
    if (node.type === 'Literal' && typeof node.value === 'string') names.add(node.value);
    return true;
  });
  // What is only written to is seen in the answer.
  return names;
}

/** Names that stand in an expression as values. */
function spokenIn(node) {
  const names = new Set();
  walk(node, (each, parent) => {
    if (each.type === 'Identifier' && !(parent?.type === 'MemberExpression' && parent.property === each && !parent.computed)) names.add(each.name);
    // What is read of something is not known here.
    if (each.type === 'MemberExpression' || each.type === 'CallExpression') names.add(`.${each.start}`);
    return true;
  });
  return names;
}

/** Whether an expression makes of a number one that is further than a step away. */
function grows(node) {
  let found = false;
  walk(node, each => {
    found ||= each.type === 'BinaryExpression' && (['*', '**', '<<'].includes(each.operator) || each.operator === '+' && each.left.type === 'Identifier' && each.right.type === 'Identifier');
    return !found;
  });
  return found;
}

/**
 * Local variables that nothing the function is called with decides: `counted` are made of constants, whatever is done to them where;
 * `values` are those that are always the same.
 */
function fixed(fn) {
  const sources = new Map(), single = new Map(), unknown = new Set(fn.params.flatMap(each => bound(each)));
  const put = (name, node) => sources.set(name, [...sources.get(name) ?? [], node]);
  walk(fn, (node, parent) => {
    if (isFunction(node) && node !== fn) node.params.flatMap(each => bound(each)).forEach(name => unknown.add(name));
    if (node.type === 'VariableDeclarator') {
      const isHead = parent.type === 'VariableDeclaration' && parent.isOf;
      if (node.id.type === 'Identifier' && !isHead) {
        if (node.init) put(node.id.name, node.init);
        if (parent.kind === 'const') single.set(node.id.name, single.has(node.id.name) ? null : node.init);
      } else bound(node.id).forEach(name => unknown.add(name));
    }
    if ((node.type === 'ForOfStatement' || node.type === 'ForInStatement') && node.left.type === 'VariableDeclaration') node.left.isOf = true;
    if ((node.type === 'ForOfStatement' || node.type === 'ForInStatement') && node.left.type !== 'VariableDeclaration') bound(node.left).forEach(name => unknown.add(name));
    if (node.type === 'AssignmentExpression') {
      if (node.left.type === 'Identifier') put(node.left.name, node.right);
      else if (/Pattern$/.test(node.left.type)) bound(node.left).forEach(name => unknown.add(name));
    }
    if (node.type === 'CatchClause') bound(node.param).forEach(name => unknown.add(name));
    return true;
  });
  const counted = new Set([...sources.keys()].filter(name => !unknown.has(name)));
  const isConstant = node => /^(Literal|ParenthesizedExpression|UnaryExpression|BinaryExpression|UpdateExpression|TemplateLiteral|Identifier|AssignmentExpression)$/.test(node.type)
    && [...spokenIn(node)].every(name => counted.has(name)) && !(node.type === 'Literal' && typeof node.value !== 'number' && typeof node.value !== 'bigint');
  for (let changed = true; changed;) {
    changed = false;
    for (const name of counted) {
      if (sources.get(name).every(isConstant)) continue;
      counted.delete(name);
      changed = true;
    }
  }
  const values = new Map();
  for (const [name, init] of single) {
    const value = init && sources.get(name)?.length === 1 && !unknown.has(name) ? folded(init, values) : undefined;
    if (value !== undefined) values.set(name, value);
  }
  return { counted, values };
}

/** Uses of `this` that are what it is called of, and those in functions inside, where it may be what all code shares. */
function usesOfThis(fn) {
  const found = new Map();
  const visit = (node, isInside) => {
    if (/^Class(Declaration|Expression)$/.test(node.type)) return;
    if (node.type === 'ThisExpression') {
      found.set(isInside ? 'this inside' : 'this', isInside
        ? 'The candidate is unproven: it uses `this` in a function of its own, which may be what all code shares.'
        : 'The candidate is unproven: it uses `this`, which the original does not.');
    }
    for (const child of children(node)) visit(child, isInside || isFunction(node) && node !== fn && node.type !== 'ArrowFunctionExpression');
  };
  visit(fn, false);
  return found;
}

/** Functions inside that may come to call themselves, by whatever name: those that are on a way back to where they are. */
function cycles(fn) {
  const named = new Map(), inner = [];
  const put = (name, root) => {
    if (typeof name !== 'string') return;
    walk(root, node => {
      if (isFunction(node) && node !== fn) named.set(name, [...named.get(name) ?? [], node]);
      return true;
    });
  };
  const keyOf = node => node.type === 'Identifier' || node.type === 'PrivateIdentifier' ? node.name : node.type === 'MemberExpression' && !node.computed ? node.property.name : String(node.value ?? '');
  walk(fn, node => {
    if (isFunction(node) && node !== fn) {
      inner.push(node);
      if (node.id) put(node.id.name, node);
    }
    if (node.type === 'VariableDeclarator' && node.init) bound(node.id).forEach(name => put(name, node.init));
    if (node.type === 'AssignmentExpression') (/Pattern$/.test(node.left.type) ? bound(node.left) : [keyOf(node.left)]).forEach(name => put(name, node.right));
    if (node.type === 'AssignmentPattern') bound(node.left).forEach(name => put(name, node.right));
    if (/^(Property|MethodDefinition|PropertyDefinition)$/.test(node.type) && node.value && !node.computed) put(keyOf(node.key), node.value);
    return true;
  });
  const calls = new Map(inner.map(node => [node, new Set()]));
  for (const node of inner) {
    walk(node.body, each => {
      if (each.type === 'Identifier' || each.type === 'PrivateIdentifier') for (const other of named.get(each.name) ?? []) calls.get(node).add(other);
      if (isFunction(each)) calls.get(node).add(each);
      return true;
    });
  }
  const comesBack = node => {
    const seen = new Set(), open = [...calls.get(node)];
    while (open.length) {
      const next = open.pop();
      if (next === node) return true;
      if (seen.has(next)) continue;
      seen.add(next);
      open.push(...calls.get(next) ?? []);
    }
    return false;
  };
  return inner.filter(comesBack);
}

/** What an expression of constants alone comes to, a number or a text; undefined for another. @param {Map<string, unknown>} names that are always the same */
function folded(node, names = new Map()) {
  const of = each => folded(each, names);
  switch (node.type) {
    case 'Literal': return ['number', 'string', 'boolean', 'bigint'].includes(typeof node.value) ? node.value : undefined;
    case 'Identifier': return names.get(node.name);
    case 'ParenthesizedExpression': return of(node.expression);
    case 'ArrayExpression': return node.elements.length > 0 && node.elements.every(each => each && each.type !== 'SpreadElement' && of(each) !== undefined) ? { length: node.elements.length } : undefined;
    case 'TemplateLiteral': {
      const parts = node.expressions.map(of);
      return parts.some(each => each === undefined || typeof each === 'object') ? undefined : node.quasis.map((each, place) => `${each.value.cooked}${place < parts.length ? parts[place] : ''}`).join('');
    }
    case 'UnaryExpression': {
      const value = of(node.argument);
      if (node.operator === 'typeof' || value === undefined || typeof value === 'object') return undefined;
      try {
        return node.operator === '-' ? -value : node.operator === '+' ? +value : node.operator === '~' ? ~value : node.operator === '!' ? !value : undefined;
      } catch {
        return undefined;
      }
    }
    case 'MemberExpression': {
      const value = node.computed || node.property.name !== 'length' ? undefined : of(node.object);
      return value === undefined ? undefined : value.length;
    }
    case 'CallExpression': {
      const given = node.arguments.map(each => each.type === 'SpreadElement' ? undefined : of(each));
      if (given.length === 0 || given.some(each => each === undefined || typeof each === 'object')) return undefined;
      const { callee } = node;
      const fn = callee.type === 'Identifier' ? { Number, parseInt, parseFloat, String, BigInt }[callee.name]
        : callee.type === 'MemberExpression' && !callee.computed && callee.object.name === 'Math' ? Math[callee.property.name] : undefined;
      try {
        const value = typeof fn === 'function' && fn !== Math.random ? fn(...given) : undefined;
        return ['number', 'string', 'bigint'].includes(typeof value) ? value : undefined;
      } catch {
        return undefined;
      }
    }
    case 'BinaryExpression': {
      const [a, b] = [of(node.left), of(node.right)];
      if (a === undefined || b === undefined || typeof a === 'object' || typeof b === 'object') return undefined;
      try {
        switch (node.operator) {
          case '+': return a + b;
          case '-': return a - b;
          case '*': return a * b;
          case '/': return a / b;
          case '%': return a % b;
          case '**': return a ** b;
          case '<<': return a << b;
          case '>>': return a >> b;
          case '>>>': return a >>> b;
          case '|': return a | b;
          case '^': return a ^ b;
          case '&': return a & b;
          default: return undefined;
        }
      } catch {
        return undefined;
      }
    }
    default: return undefined;
  }
}

module.exports = { refusal, findings };
