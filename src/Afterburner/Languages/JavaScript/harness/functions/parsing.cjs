// Source text to a tree, by acorn. What is an ES module is told as Node tells it: by the extension, or the nearest package.json; of TypeScript, whose
// files are modules by what they say whatever they are turned into, by what they say.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const acorn = require('../acorn.cjs');

const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);

const TYPED = /(?<!\.d)\.[cm]?ts$/;
const SAYS_MODULE = /^\s*(?:import\b(?!\s*\()|export\b)/m;

/** Whether Node takes a file for an ES module. */
function isModule(file) {
  if (file.endsWith('.mjs') || file.endsWith('.mts')) return true;
  if (file.endsWith('.cjs')) return false;
  if (TYPED.test(file) && saysModule(file)) return true;
  if (file.endsWith('.cts')) return false;
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    try {
      return JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8')).type === 'module';
    } catch (error) {
      if (error instanceof SyntaxError || folder === path.dirname(folder)) return false;
    }
  }
}

function saysModule(file) {
  try {
    return SAYS_MODULE.test(fs.readFileSync(file, 'utf8'));
  } catch {
    return true; // there is no file, and most are
  }
}

/** The tree of a file's text. Throws a SyntaxError with a line where it does not parse. @param {object[]} [tokens] gets its words */
function parse(text, module, tokens) {
  return acorn.parse(text, {
    ecmaVersion: 'latest', onToken: tokens, sourceType: module ? 'module' : 'script', locations: true, preserveParens: true,
    allowHashBang: true, allowReturnOutsideFunction: !module,
  });
}

/** The nodes right below a node. */
function children(node) {
  const found = [];
  for (const key in node) {
    const value = node[key];
    if (Array.isArray(value)) {
      for (const each of value) if (each && typeof each.type === 'string') found.push(each);
    } else if (value && typeof value.type === 'string') found.push(value);
  }
  return found;
}

/** Calls `enter(node, parent)` for a node and all below it, outer ones first; what it answers with false is not gone into. */
function walk(node, enter, parent = null) {
  if (enter(node, parent) === false) return;
  for (const child of children(node)) walk(child, enter, node);
}

const isFunction = node => FUNCTIONS.has(node.type);

module.exports = { TYPED, isModule, parse, children, walk, isFunction };
