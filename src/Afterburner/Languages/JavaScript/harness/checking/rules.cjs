// What a candidate may not do or say, beyond what the original does: each finding is a sentence for a person. What a candidate answers is
// read in the process that runs it, so that what could change that process is refused here, and not left to comparison.
'use strict';

const { walk } = require('../functions/parsing.cjs');
const { uses, bound } = require('../functions/scopes.cjs');

const PURE = new Set(['undefined', 'NaN', 'Infinity', 'Math', 'JSON', 'Object', 'Array', 'String', 'Number', 'Boolean', 'BigInt', 'Map', 'Set', 'RegExp',
  'Error', 'TypeError', 'RangeError', 'SyntaxError', 'EvalError', 'URIError', 'AggregateError', 'parseInt', 'parseFloat', 'isNaN', 'isFinite',
  'encodeURIComponent', 'decodeURIComponent', 'encodeURI', 'decodeURI', 'ArrayBuffer', 'DataView', 'structuredClone',
  'Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array', 'Float32Array', 'Float64Array', 'BigInt64Array', 'BigUint64Array']);
const OF_OBJECT = new Set(['keys', 'values', 'entries', 'fromEntries', 'create', 'assign', 'is', 'hasOwn', 'groupBy', 'getOwnPropertyNames', 'freeze', 'isFrozen']);
const CODE = new Set(['eval', 'Function', 'AsyncFunction', 'GeneratorFunction', 'importScripts']);
const FRAMES = new Set(['stack', 'prepareStackTrace', 'captureStackTrace', 'stackTraceLimit', 'caller', 'callee']);
const SHARED = new Set(['constructor', 'prototype', '__proto__', 'setPrototypeOf', 'getPrototypeOf', '__defineGetter__', '__defineSetter__', '__lookupGetter__', '__lookupSetter__',
  'defineProperty', 'defineProperties', 'getOwnPropertyDescriptor', 'getOwnPropertyDescriptors']);
const MUTATORS = new Set(['push', 'pop', 'shift', 'unshift', 'splice', 'sort', 'reverse', 'fill', 'copyWithin', 'set', 'add', 'delete', 'clear']);
const TYPES = new Set(['string', 'number', 'object', 'function', 'undefined', 'boolean', 'symbol', 'bigint']);
const SMALL = 2;

/** The first reason to refuse a candidate, or null. @param {object} original function @param {object} candidate function */
function refusal(original, originalText, candidate, candidateText) {
  const known = findings(original, originalText), found = findings(candidate, candidateText);
  for (const [rule, sentence] of found) if (!known.has(rule)) return sentence;
  if (finals(candidate) < finals(original)) return 'The candidate is unproven: it has no `finally` where the original has one, and what it does when it is left early is not told.';
  const reads = node => {
    const names = new Set();
    walk(node.body, (inner, parent) => {
      if (inner.type === 'Identifier' && !(parent.type === 'MemberExpression' && parent.property === inner && !parent.computed)) names.add(inner.name);
    });
    return names;
  };
  const [before, after] = [reads(original), reads(candidate)];
  for (const name of original.params.flatMap(each => bound(each))) {
    if (before.has(name) && !after.has(name)) return `The candidate is unproven: it no longer reads ${name}, and calls that differ in it cannot be made in this language yet.`;
  }
  return null;
}

/** Rule -> sentence, for everything in a function that a rule is about. */
function findings(fn, text) {
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
    if (SHARED.has(name)) add(`shared ${name}`, `The candidate reaches for ${name}, by which it could change what all objects share.`);
    if (/^__ab|afterburner/i.test(name)) add(`harness ${name}`, 'The candidate looks for the harness that measures it.');
  };
  const constant = value => {
    if (typeof value === 'number' && Math.abs(value) > SMALL || typeof value === 'bigint' && value > 2n) add(`number ${value}`, tried(value));
    if (typeof value === 'string' && value !== '') {
      member(value);
      add(`text ${value}`, tried(JSON.stringify(value)));
    }
  };

  walk(fn, (node, parent) => {
    switch (node.type) {
      case 'AssignmentExpression': stores(node.left); break;
      case 'UpdateExpression': stores(node.argument); break;
      case 'ForInStatement':
      case 'ForOfStatement':
        if (node.left.type !== 'VariableDeclaration') stores(node.left);
        break;
      case 'UnaryExpression':
        if (node.operator === 'delete') stores(node.argument);
        break;
      case 'CallExpression': {
        const callee = node.callee.type === 'ParenthesizedExpression' ? node.callee.expression : node.callee;
        if (callee.type === 'MemberExpression' && !callee.computed && MUTATORS.has(callee.property.name)) {
          const holder = root(callee.object);
          if (holder.type === 'Identifier' && around.has(holder)) add(`changes ${text.slice(callee.start, callee.end)}`, `The candidate changes what outlives the call: ${text.slice(callee.start, callee.end)}().`);
        }
        break;
      }
      case 'MemberExpression':
        if (node.computed) break;
        member(node.property.name);
        if (node.object.type === 'Identifier' && around.has(node.object)) {
          const path = `${node.object.name}.${node.property.name}`;
          if (path === 'Math.random') add('chance', 'The candidate depends on chance (Math.random).');
          if (node.object.name === 'Object' && !OF_OBJECT.has(node.property.name)) add(`object ${path}`, `The candidate is unproven: it uses ${path}, which is not known to be pure.`);
        }
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
      case 'BinaryExpression': {
        const value = folded(node);
        if (value !== undefined) constant(value);
        break;
      }
      case 'ImportExpression': add('import', 'The candidate is unproven: it imports a module, which is not known to be pure.'); break;
      case 'MetaProperty': add(`meta ${text.slice(node.start, node.end)}`, `The candidate is unproven: it names ${text.slice(node.start, node.end)}, which the original does not.`); break;
      case 'WithStatement':
      case 'DebuggerStatement': add(node.type, 'The candidate has a statement that no version under review may have.'); break;
    }
    return true;
  });
  uses(fn, (name, node, parent) => {
    if (/^__ab|afterburner/i.test(name)) add(`harness ${name}`, 'The candidate looks for the harness that measures it.');
    else if (name === own && parent?.type === 'CallExpression' && parent.callee === node) add('recursion', `The candidate is unproven: ${own} calls itself, and what goes deep enough ends in a RangeError.`);
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

/** What an expression of numbers alone comes to; undefined for another. */
function folded(node) {
  if (node.type === 'Literal') return typeof node.value === 'number' ? node.value : undefined;
  if (node.type === 'ParenthesizedExpression') return folded(node.expression);
  if (node.type === 'UnaryExpression' && node.operator === '-') {
    const value = folded(node.argument);
    return value === undefined ? undefined : -value;
  }
  if (node.type !== 'BinaryExpression') return undefined;
  const [a, b] = [folded(node.left), folded(node.right)];
  if (a === undefined || b === undefined) return undefined;
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
    default: return undefined;
  }
}

module.exports = { refusal, findings };
