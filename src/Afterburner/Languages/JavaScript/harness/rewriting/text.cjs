// The text of one function, what is asked of it, and the edits that make another one of it.
'use strict';

const { parse, walk, isFunction } = require('../functions/parsing.cjs');
const { bound } = require('../functions/scopes.cjs');
const { plain, endOf } = require('../functions/types.cjs');

const WRAPS = [['(', ')'], ['({', '})'], ['(class extends Object {', '})']];
const LOOPS = new Set(['ForStatement', 'ForOfStatement', 'ForInStatement', 'WhileStatement', 'DoWhileStatement']);
// Called for each element.
const PER_ELEMENT = new Set(['map', 'filter', 'forEach', 'some', 'every', 'find', 'findIndex', 'reduce', 'flatMap']);

/** Throws a SyntaxError where it is no function. @param {Record<string, { types: string[], shortest: number | null, longest: number | null }>} observed */
function read(source, indent, observed) {
  for (const [before, after] of WRAPS) {
    const { tree, code } = treeOf(before + source + after);
    if (tree === null) continue;
    let fn = null;
    walk(tree, node => {
      fn ??= isFunction(node) ? node : null;
      return fn === null;
    });
    if (fn !== null) return new Text(source, code.slice(before.length, before.length + source.length), before.length, fn, observed);
  }
  throw new SyntaxError('no function');
}

/** Of code whose types, if it has some, are blanks: places are those of the text. No tree where it does not parse. */
function treeOf(text) {
  for (const without of [each => each, each => plain(each, 'function.ts')]) {
    try {
      const code = without(text);
      return { tree: parse(code, true), code };
    } catch {
      continue;
    }
  }
  return { tree: null };
}

class Text {
  /** @param {string} code the same as the source, without types @param {number} shift from places in the source to those of the tree */
  constructor(source, code, shift, fn, observed) {
    Object.assign(this, { source, code, shift, fn, observed, edits: [] });
    this.parents = new Map();
    walk(fn, (node, parent) => { this.parents.set(node, parent); });
  }

  /** With what is said of its type. */
  of(node) {
    return this.source.slice(node.start - this.shift, endOf(this.source, this.code, node.end - this.shift));
  }

  /** All nodes of a type, outer ones first. */
  all(type) {
    return [...this.parents.keys()].filter(node => node.type === type);
  }

  /** Calls of a method of this name: `x.name(...)`. */
  calls(name) {
    return this.all('CallExpression').filter(({ callee, optional }) => !optional && callee.type === 'MemberExpression' && !callee.computed && !callee.optional && callee.property.name === name);
  }

  /** Uses of a name as a value, whoever binds it. */
  uses(name) {
    return this.all('Identifier').filter(node => {
      const parent = this.parents.get(node);
      return node.name === name && !(parent.type === 'MemberExpression' && parent.property === node && !parent.computed) && !(parent.type === 'Property' && parent.key === node && !parent.computed && !parent.shorthand);
    });
  }

  /** Whether a node names something. */
  names(node, name) {
    let found = false;
    walk(node, each => { found ||= each.type === 'Identifier' && each.name === name; });
    return found;
  }

  /** Times that a name is bound in the function, parameters included. */
  bindings(name) {
    let count = 0;
    for (const node of this.parents.keys()) {
      if (isFunction(node)) count += node.params.flatMap(each => bound(each)).filter(each => each === name).length + (node.id?.name === name ? 1 : 0);
      if (node.type === 'VariableDeclarator') count += bound(node.id).filter(each => each === name).length;
      if (node.type === 'CatchClause') count += bound(node.param).filter(each => each === name).length;
    }
    return count;
  }

  isParameter(name) {
    return this.bindings(name) === 1 && this.fn.params.some(each => each.type === 'Identifier' && each.name === name);
  }

  /** Whether tests had lists there, and no others, and one of at least this length. */
  wasArray(name, least = 0) {
    const seen = this.observed[name];
    return this.isParameter(name) && seen !== undefined && seen.types.length > 0 && seen.types.every(type => type === 'Array') && (seen.maxLength ?? seen.longest ?? 0) >= least;
  }

  /** The declaration `const name = []` of a list that starts empty, where the name is bound by nothing else. */
  emptyList(name) {
    return this.starts(name, init => init?.type === 'ArrayExpression' && init.elements.length === 0);
  }

  /** The same of an object: `let name = {}`. */
  emptyObject(name) {
    return this.starts(name, init => init?.type === 'ObjectExpression' && init.properties.length === 0);
  }

  starts(name, fits) {
    if (this.bindings(name) !== 1) return null;
    const found = this.all('VariableDeclarator').find(({ id, init }) => id.type === 'Identifier' && id.name === name && fits(init));
    const declaration = found && this.parents.get(found);
    return declaration?.declarations.length === 1 && this.parents.get(declaration).type === 'BlockStatement' ? declaration : null;
  }

  /** The outermost loop, or call for each element, around a node in a function; null where there is none. */
  loop(node) {
    let found = null;
    for (let child = node, at = this.parents.get(node); at && child !== this.fn; child = at, at = this.parents.get(at)) {
      if (LOOPS.has(at.type) && at.right !== child && at.init !== child) found = at;
      const call = isFunction(child) && at.type === 'CallExpression' && at.arguments.includes(child) ? at : null;
      if (call?.callee.type === 'MemberExpression' && PER_ELEMENT.has(call.callee.property.name)) found = call;
    }
    return found;
  }

  /** The statement of the function's own body that a node is in; null where the body is an expression. */
  statement(node) {
    let at = node;
    while (at && this.parents.get(at) !== this.fn.body) at = this.parents.get(at);
    return this.fn.body.type === 'BlockStatement' ? at ?? null : null;
  }

  /** A name that the text does not have. */
  fresh(name) {
    let free = name;
    for (let number = 2; new RegExp(`\\b${free}\\b`).test(this.source); number++) free = `${name}${number}`;
    return free;
  }

  replace(node, text) {
    this.edits.push([node.start - this.shift, node.end - this.shift, text]);
  }

  margin(node) {
    const at = node.start - this.shift;
    return /[ \t]*$/.exec(this.source.slice(0, at))[0];
  }

  /** A statement on a line of its own before another one. */
  before(node, text) {
    const at = node.start - this.shift;
    this.edits.push([at, at, `${text}\n${this.margin(node)}`]);
  }

  after(node, text) {
    const at = node.end - this.shift;
    this.edits.push([at, at, `\n${this.margin(node)}${text}`]);
  }

  result() {
    if (this.edits.length === 0) return null;
    let text = this.source;
    for (const [start, end, put] of [...this.edits].sort((a, b) => b[0] - a[0])) text = text.slice(0, start) + put + text.slice(end);
    read(text, '', {});
    return text;
  }
}

module.exports = { read };
