// Whether a function's text refers to nothing but its own names and what every realm has: then it can be made again from its text.
'use strict';

const { parse, walk } = require('./parsing.cjs');
const { unbound } = require('./scopes.cjs');

const NOT_THE_SAME = new Set(['process', 'globalThis', 'global', 'require', 'module', 'exports', 'describe', 'it', 'test', 'expect', 'jest', 'vi', 'setTimeout', 'setInterval', 'setImmediate']);
const known = new Map();

function isFree(text) {
  if (!known.has(text)) known.set(text, test(text));
  return known.get(text);
}

function test(text) {
  let tree;
  try {
    tree = parse(`(${text})`, false);
  } catch {
    return false;
  }
  let own = true;
  walk(tree, node => {
    if (node.type === 'ThisExpression' || node.type === 'Super' || node.type === 'MetaProperty' || node.type === 'ImportExpression') own = false;
    return own;
  });
  return own && [...unbound(tree)].every(name => name === 'undefined' || name in globalThis && !NOT_THE_SAME.has(name) && !name.startsWith('__'));
}

module.exports = { isFree };
