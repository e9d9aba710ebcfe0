// A version of a function that tells which of its lines run, and which way its branches go: `process.__abRan` hears their numbers.
// The same numbers are given to what a candidate changes (checking) and to what runs (timing), since both are counted here.
'use strict';

const { Edits } = require('./edits.cjs');
const { walk } = require('./parsing.cjs');

const HEARER = 'globalThis.process.__abRan';
const LOOPS = new Set(['ForStatement', 'ForInStatement', 'ForOfStatement', 'WhileStatement', 'DoWhileStatement']);

/**
 * What of a function can run: `lines` of statements, and `arms`, one for each way of each branch.
 * @returns {{ lines: { line: number, node: object, parent: object }[], arms: { number: number, unrun: string, node: object, place: string }[] }}
 */
function points(fn, text) {
  const lines = [], arms = [];
  const shown = node => {
    const words = text.slice(node.start, node.end).replace(/\s+/g, ' ');
    return words.length > 60 ? `${words.slice(0, 57)}...` : words;
  };
  const arm = (node, unrun, place) => arms.push({ number: arms.length, unrun, node, place });
  const both = (node, test) => {
    arm(node, `\`${shown(test)}\` was never true`, 'true');
    arm(node, `\`${shown(test)}\` was never false`, 'false');
  };
  const body = fn.body;
  if (body.type !== 'BlockStatement') lines.push({ line: body.loc.start.line, node: body, parent: fn });
  walk(body, (node, parent) => {
    switch (node.type) {
      case 'IfStatement':
      case 'ConditionalExpression':
        both(node, node.test);
        break;
      case 'WhileStatement':
      case 'DoWhileStatement':
      case 'ForStatement':
        if (node.test) both(node, node.test);
        break;
      case 'ForInStatement':
      case 'ForOfStatement':
        arm(node, `the loop over \`${shown(node.right)}\` never ran`, 'body');
        break;
      case 'LogicalExpression':
        arm(node, `\`${shown(node.right)}\` after \`${node.operator}\` never ran`, 'right');
        arm(node, `\`${shown(node.left)}\` never decided \`${shown(node)}\``, 'left');
        break;
      case 'AssignmentExpression':
        if (/^(&&|\|\||\?\?)=$/.test(node.operator)) arm(node, `\`${shown(node)}\` never assigned`, 'assigned');
        break;
      case 'AssignmentPattern':
        arm(node, `the default of \`${shown(node.left)}\` was never used`, 'default');
        break;
      case 'SwitchCase':
        arm(node, node.test ? `\`case ${shown(node.test)}\` never ran` : '`default` never ran', 'case');
        break;
      case 'CatchClause':
        arm(node, 'a `catch` was never entered', 'catch');
        break;
      case 'MemberExpression':
        // Of a call that is left out where there is no function nothing is told: what it is called of has to stay in front of it.
        if (node.optional) arm(node, `\`${shown(node)}\` never met a value`, 'met');
        break;
      case 'ArrowFunctionExpression':
        if (node !== fn && node.body.type !== 'BlockStatement') lines.push({ line: node.body.loc.start.line, node: node.body, parent: node });
        break;
    }
    if (isCounted(node, parent)) lines.push({ line: node.loc.start.line, node, parent });
    return true;
  }, fn);
  for (const parameter of fn.params) {
    walk(parameter, node => {
      if (node.type === 'AssignmentPattern') arm(node, `the default of \`${shown(node.left)}\` was never used`, 'default');
    });
  }
  return { lines, arms };
}

function isCounted(node, parent) {
  if (!/Statement$|^VariableDeclaration$|^ClassDeclaration$/.test(node.type) || node.type === 'BlockStatement' || node.type === 'EmptyStatement') return false;
  if (node.directive) return false;
  // The head of a loop, and a label's statement, count with what they are in.
  return !(LOOPS.has(parent.type) && parent.body !== node || parent.type === 'LabeledStatement');
}

/** Edits that make a function tell what runs of it. */
function probe(edits, fn, text) {
  const { lines, arms } = points(fn, text);
  const told = number => `${HEARER}.arm(${number})`;
  for (const { line, node, parent } of lines) {
    if (isExpression(node)) {
      edits.open(node.start, `(${HEARER}.line(${line}),`);
      edits.close(node.end, ')');
    } else if (parent.type === 'BlockStatement' || parent.type === 'SwitchCase' || parent.type === 'StaticBlock') {
      edits.open(node.start, `${HEARER}.line(${line});`);
    } else {
      edits.open(node.start, `{${HEARER}.line(${line});`);
      edits.close(node.end, '}');
    }
  }

  const wrap = (node, before) => {
    edits.open(node.start, `(${before},`);
    edits.close(node.end, ')');
  };
  const seen = new Map();
  for (const { number, node, place } of arms) {
    const own = seen.get(node) ?? {};
    seen.set(node, { ...own, [place]: number });
  }
  for (const [node, own] of seen) {
    if (own.true !== undefined) {
      edits.open(node.test.start, `${HEARER}.test(${own.true},${own.false},`);
      edits.close(node.test.end, ')');
    } else if (own.right !== undefined) {
      // The left side is told by what it is, the right one by that it runs.
      edits.open(node.left.start, `${HEARER}.left(${own.left},${JSON.stringify(node.operator)},(`);
      edits.close(node.left.end, '))');
      wrap(node.right, told(own.right));
    } else if (own.body !== undefined) {
      if (node.body.type === 'BlockStatement') edits.open(node.body.start + 1, `${told(own.body)};`);
      else {
        edits.open(node.body.start, `{${told(own.body)};`);
        edits.close(node.body.end, '}');
      }
    } else if (own.assigned !== undefined) wrap(node.right, told(own.assigned));
    else if (own.default !== undefined) wrap(node.right, told(own.default));
    else if (own.case !== undefined) {
      if (node.consequent.length) edits.open(node.consequent[0].start, `${told(own.case)};`);
      else edits.close(node.end, `${told(own.case)};`);
    } else if (own.catch !== undefined) edits.open(node.body.start + 1, `${told(own.catch)};`);
    else if (own.met !== undefined) {
      edits.open(node.object.start, `${HEARER}.met(${own.met},`);
      edits.close(node.object.end, ')');
    }
  }
}

const isExpression = node => !/Statement$|Declaration$/.test(node.type);

/** A file's text in which one function tells what runs of it. */
function probed(text, fn) {
  const edits = new Edits(text);
  probe(edits, fn, text);
  return edits.toString();
}

module.exports = { points, probe, probed };
