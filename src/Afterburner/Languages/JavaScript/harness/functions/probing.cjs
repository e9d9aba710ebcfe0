// A version of a function that tells which of its lines run, and which way its branches go: `process.__abRan` hears their numbers.
// The same numbers are given to what a candidate changes (checking) and to what runs (timing), since both are counted here.
'use strict';

const { Edits } = require('./edits.cjs');
const { children, isFunction, walk } = require('./parsing.cjs');
const { bound } = require('./scopes.cjs');

const HEARER = 'globalThis.process.__abRan';
const LOOPS = new Set(['ForStatement', 'ForInStatement', 'ForOfStatement', 'WhileStatement', 'DoWhileStatement']);
const COMPARISONS = new Set(['===', '!==', '==', '!=', '<', '<=', '>', '>=', 'in', 'instanceof']);
const PREDICATES = new Set(['filter', 'some', 'every', 'find', 'findIndex', 'findLast', 'findLastIndex']);
const LISTS = new Set(['BlockStatement', 'SwitchCase', 'StaticBlock']);
const LONGEST = 60;

/**
 * What of a function can run: `lines` of statements, and `arms`, one for each way of each branch: that a loop goes over nothing is a way, as is that
 * a function inside is called. An arm that cannot be told (`probes` says nothing of it) counts as one that never ran.
 * @returns {{ lines: { line: number, node: object, parent: object, ran: number | null }[], arms: object[] }} an arm: `number`, `unrun` for a person,
 * `node` that it is one way of, `place`, `inside` (the text that it alone leads to, or null), and `parameters` (names, of a default of the function itself)
 */
function points(fn, text) {
  const lines = [], arms = [], begun = new Set();
  const shown = node => {
    const words = text.slice(node.start, node.end).replace(/\s+/g, ' ');
    return words.length > LONGEST ? `${words.slice(0, LONGEST - 3)}...` : words;
  };
  const arm = (node, place, unrun, inside = null, more = {}) => {
    arms.push({ number: arms.length, unrun, node, place, inside, ...more });
    return arms.length - 1;
  };
  const count = (node, parent, isStatement) => {
    const line = node.loc.start.line, isSecond = begun.has(line);
    begun.add(line);
    lines.push({ line, node, parent, ran: isSecond && isStatement ? arm(node, 'ran', `\`${shown(node)}\` never ran`, [node.start, node.end]) : null });
  };

  let depth = 0;

  function visit(node, parent, around) {
    node.depth = depth++;
    ways(node, parent, around);
    outcomes(node, around);
    if (isCounted(node, parent)) count(node, parent, true);
    for (const child of children(node)) visit(child, node, aroundOf(child, node, parent, around));
  }

  function ways(node, parent, around) {
    switch (node.type) {
      case 'IfStatement':
      case 'ConditionalExpression':
        arm(node, 'true', `\`${shown(node.test)}\` was never true`, interior(node.consequent));
        arm(node, 'false', `\`${shown(node.test)}\` was never false`, interior(node.alternate));
        break;
      case 'WhileStatement':
      case 'ForStatement':
      case 'DoWhileStatement':
        if (!node.test || isTrue(node.test)) break;
        arm(node, 'true', `\`${shown(node.test)}\` was never true`, node.type === 'DoWhileStatement' ? null : interior(node.body));
        arm(node, 'false', `\`${shown(node.test)}\` was never false`);
        if (node.type !== 'DoWhileStatement') arm(node, 'none', `\`${shown(node.test)}\` was never false at first`, null, { label: around.label });
        break;
      case 'ForInStatement':
      case 'ForOfStatement':
        arm(node, 'body', `the loop over \`${shown(node.right)}\` never ran`, interior(node.body));
        arm(node, 'none', `the loop over \`${shown(node.right)}\` never went over nothing`, null, { label: around.label });
        break;
      case 'LogicalExpression':
        arm(node, 'right', `\`${shown(node.right)}\` after \`${node.operator}\` never ran`, [node.right.start, node.right.end]);
        arm(node, 'left', `\`${shown(node.left)}\` never decided \`${shown(node)}\``);
        break;
      case 'AssignmentExpression':
        if (!/^(&&|\|\||\?\?)=$/.test(node.operator)) break;
        arm(node, 'assigned', `\`${shown(node)}\` never assigned`, [node.right.start, node.right.end]);
        arm(node, 'kept', `\`${shown(node)}\` never kept what was there`);
        break;
      case 'AssignmentPattern':
        arm(node, 'default', `the default of \`${shown(node.left)}\` was never used`, [node.right.start, node.right.end], around.own ? { parameters: bound(node.left) } : {});
        arm(node, 'given', `the default of \`${shown(node.left)}\` was always used`, null, { holder: around.holder, ...around.own ? { parameters: bound(node.left) } : {} });
        break;
      case 'SwitchStatement':
        for (const each of node.cases) {
          arm(node, 'case', each.test ? `\`case ${shown(each.test)}\` never ran` : '`default` never ran',
            each.consequent.length ? [each.consequent[0].start, each.consequent.at(-1).end] : null, { part: each });
        }
        if (node.cases.length && node.cases.every(each => each.test)) arm(node, 'unmatched', `no case of \`switch (${shown(node.discriminant)})\` was ever left out`);
        break;
      case 'TryStatement':
        if (!node.handler) break;
        arm(node, 'catch', 'a `catch` was never entered', interior(node.handler.body));
        arm(node, 'tried', 'a `try` never came to its end');
        break;
      case 'MemberExpression':
        if (!node.optional) break;
        arm(node, 'met', `\`${shown(node)}\` never met a value`);
        arm(node, 'missed', `\`${shown(node)}\` never met nothing`);
        break;
      case 'CallExpression':
        if (!node.optional) break;
        if (isMember(node.callee)) arm(node, 'untold', `whether \`${shown(node)}\` is called or left out cannot be told`);
        else {
          arm(node, 'met', `\`${shown(node)}\` never met a function`);
          arm(node, 'missed', `\`${shown(node)}\` never met nothing`);
        }
        break;
      default:
        if (!isFunction(node)) break;
        arm(node, 'called', `the function \`${shown(node)}\` was never called`, [node.start, node.end]);
        if (node.type === 'ArrowFunctionExpression' && node.body.type !== 'BlockStatement') count(node.body, node, false);
    }
  }

  /** Of what is true or false both have to be seen, unless the branch that it decides tells. */
  function outcomes(node, { decides }) {
    if (node.type === 'ParenthesizedExpression' || node.type === 'LogicalExpression' || node.type === 'Literal' || decides === 'told') return;
    if (decides !== 'asked' && !(node.type === 'BinaryExpression' ? COMPARISONS.has(node.operator) : node.type === 'UnaryExpression' && node.operator === '!')) return;
    arm(node, 'holds', `\`${shown(node)}\` was never true`);
    arm(node, 'fails', `\`${shown(node)}\` was never false`);
  }

  /** Whether what a child comes to is `told` by what its parent tells, or is `asked` for, as it decides something. */
  function decisionOf(child, node, parent, { decides }) {
    switch (node.type) {
      case 'IfStatement':
      case 'ConditionalExpression':
      case 'WhileStatement':
      case 'DoWhileStatement':
      case 'ForStatement': return child === node.test ? 'told' : undefined;
      case 'ParenthesizedExpression': return decides;
      case 'UnaryExpression': return node.operator === '!' ? 'told' : undefined;
      case 'LogicalExpression':
        if (node.operator === '??') return undefined;
        return child === node.left ? 'told' : decides === undefined ? undefined : 'asked';
      case 'ArrowFunctionExpression': return child === node.body && parent?.type === 'CallExpression' && parent.arguments[0] === node && parent.callee.type === 'MemberExpression' && PREDICATES.has(parent.callee.property.name) ? 'asked' : undefined;
      default: return undefined;
    }
  }

  /** What a node has to know of what it stands in: the label of a loop, where a default has been passed by, and what it decides. */
  function aroundOf(child, node, parent, around) {
    return { ...placeOf(child, node, around), decides: decisionOf(child, node, parent, around) };
  }

  function placeOf(child, node, around) {
    if (isFunction(node)) return { holder: node.params.includes(child) ? node : null };
    if (node.type === 'LabeledStatement') return { label: around.label ?? node };
    if (LOOPS.has(node.type)) return { holder: child === node.left && node.left.type === 'VariableDeclaration' ? node : null };
    if (child.type === 'VariableDeclaration' && LISTS.has(node.type)) return { holder: child };
    // A default inside of what is no pattern is passed by, or not, on its own.
    return /Pattern$|^Property$|^VariableDeclar|^RestElement$/.test(node.type) && !(node.type === 'AssignmentPattern' && child === node.right) && !(node.type === 'VariableDeclarator' && child === node.init)
      ? { holder: around.holder, own: around.own } : {};
  }

  if (fn.body.type !== 'BlockStatement') count(fn.body, fn, false);
  visit(fn.body, fn, {});
  for (const parameter of fn.params) visitParameter(parameter);
  return { lines, arms };

  function visitParameter(node) {
    const around = { holder: fn, own: true };
    walk(node, each => {
      if (each.type === 'AssignmentPattern') ways(each, null, around);
      return !isFunction(each);
    });
  }
}

/** What a way leads to: of a block what stands in its braces. */
function interior(node) {
  return !node ? null : node.type === 'BlockStatement' ? [node.start + 1, node.end - 1] : [node.start, node.end];
}

const isTrue = test => test.type === 'Literal' && !!test.value;

function isMember(node) {
  while (node.type === 'ParenthesizedExpression' || node.type === 'ChainExpression') node = node.expression;
  return node.type === 'MemberExpression';
}

function isCounted(node, parent) {
  if (!/Statement$|^VariableDeclaration$|^ClassDeclaration$/.test(node.type) || node.type === 'BlockStatement' || node.type === 'EmptyStatement') return false;
  if (node.directive) return false;
  // The head of a loop, and a label's statement, count with what they are in.
  return !(LOOPS.has(parent.type) && parent.body !== node || parent.type === 'LabeledStatement');
}

/** Edits that make a function tell what runs of it. What is around something comes before it. */
function probe(edits, fn, text) {
  const told = number => `${HEARER}.arm(${number})`;
  const begin = (body, words) => {
    if (body.type === 'BlockStatement') {
      const directives = body.body.filter(each => each.directive);
      edits.open(directives.length ? directives.at(-1).end : body.start + 1, `${directives.length ? ';' : ''}${words};`);
    } else if (isExpression(body)) wrap(body, words);
    else {
      edits.open(body.start, `{${words};`);
      edits.close(body.end, '}');
    }
  };
  const wrap = (node, before) => {
    edits.open(node.start, `(${before},`);
    edits.close(node.end, ')');
  };

  const { lines, arms } = points(fn, text), plan = new Map();
  const of = node => plan.get(node) ?? plan.set(node, { lines: [], all: [], own: {} }).get(node);
  // What is around something is put before it: it begins no later, and ends no earlier.
  for (const each of lines) of(each.node).lines.push(each);
  for (const each of arms) {
    if (each.place === 'ran') continue;
    of(each.node).all.push(each);
    of(each.node).own[each.place] = each.number;
  }
  const around = [...plan].map(([node, each], number) => ({ node, number, ...each })).sort((a, b) => a.node.start - b.node.start || b.node.end - a.node.end || a.node.depth - b.node.depth || a.number - b.number);
  for (const { node, lines: begun, own, all } of around) {
    for (const { line, parent, ran } of begun) {
      const words = `${HEARER}.line(${line})${ran === null ? '' : `;${told(ran)}`}`;
      if (isExpression(node)) wrap(node, words);
      else if (LISTS.has(parent.type)) edits.open(node.start, `${words};`);
      else {
        edits.open(node.start, `{${words};`);
        edits.close(node.end, '}');
      }
    }
    ways(node, own, all);
  }

  function ways(node, own, all) {
    const place = (...names) => names.some(name => own[name] !== undefined);
    if (place('holds')) {
      edits.open(node.start, `${HEARER}.test(${own.holds},${own.fails},(`);
      edits.close(node.end, '))');
    }
    if (place('none')) {
      const { label } = all.find(each => each.place === 'none'), whole = label ?? node, name = `__ab${own.none}`;
      edits.open(whole.start, `{let ${name}=0;`);
      edits.close(whole.end, `;${name}||${told(own.none)};}`);
      begin(node.body, `${name}=1${own.body === undefined ? '' : `;${told(own.body)}`}`);
    }
    if (place('true', 'false')) {
      edits.open(node.test.start, `${HEARER}.test(${own.true},${own.false},(`);
      edits.close(node.test.end, '))');
    } else if (place('right')) {
      // The left side is told by what it is, the right one by that it runs.
      edits.open(node.left.start, `${HEARER}.left(${own.left},${JSON.stringify(node.operator)},(`);
      edits.close(node.left.end, '))');
      wrap(node.right, told(own.right));
    } else if (place('assigned')) {
      if (isPath(node.left)) wrap(node, `${HEARER}.keep(${own.assigned},${own.kept},${JSON.stringify(node.operator)},${text.slice(node.left.start, node.left.end)})`);
    } else if (place('default')) defaults(node, own, all);
    else if (place('case')) {
      for (const { part, number, place: name } of all) {
        if (name === 'unmatched') edits.open(node.cases[0].start, `default:${told(number)};break;`);
        else if (part.consequent.length) edits.open(part.consequent[0].start, `${told(number)};`);
        else edits.close(part.end, `${told(number)};`);
      }
    } else if (place('catch')) {
      begin(node.handler.body, told(own.catch));
      tried(node.block, own.tried);
    } else if (place('met')) {
      const met = node.object ?? node.callee;
      edits.open(met.start, `${HEARER}.met(${own.met},${own.missed},`);
      edits.close(met.end, ')');
    } else if (place('called')) begin(node.body, told(own.called));
  }

  function defaults(node, own, all) {
    // A function would lose the name that it gets from here.
    if (isFunction(node.right) || node.right.type === 'ClassExpression') return;
    wrap(node.right, `${HEARER}.used(${own.default})`);
    const { holder } = all.find(each => each.place === 'given'), words = `${HEARER}.passed(${own.default},${own.given})`;
    if (!holder) return;
    if (holder.type === 'VariableDeclaration') edits.close(holder.end, `;${words};`);
    else begin(holder.body, words);
  }

  /** Tells that a block is left otherwise than by an exception. */
  function tried(block, number) {
    edits.close(block.end - 1, `;${told(number)};`);
    const leave = (node, loops, labels) => {
      if (isFunction(node) || /^Class/.test(node.type)) return;
      if (node.type === 'ReturnStatement' && node.argument) {
        edits.open(node.argument.start, `${HEARER}.came(${number},(`);
        edits.close(node.argument.end, '))');
      } else if (node.type === 'ReturnStatement' || /^(Break|Continue)Statement$/.test(node.type) && (node.label ? !labels.includes(node.label.name) : !loops.has(node.type))) {
        edits.open(node.start, `{${told(number)};`);
        edits.close(node.end, '}');
      }
      const inner = LOOPS.has(node.type) ? new Set(['BreakStatement', 'ContinueStatement']) : node.type === 'SwitchStatement' ? new Set([...loops, 'BreakStatement']) : loops;
      const named = node.type === 'LabeledStatement' ? [...labels, node.label.name] : labels;
      children(node).forEach(child => leave(child, inner, named));
    };
    leave(block, new Set(), []);
  }
}

/** What can be read once more and nothing comes of it. */
function isPath(node) {
  if (node.type === 'Identifier' || node.type === 'ThisExpression') return true;
  return node.type === 'MemberExpression' && isPath(node.object) && (!node.computed || node.property.type === 'Literal' || node.property.type === 'Identifier');
}

const isExpression = node => !/Statement$|Declaration$/.test(node.type);

/** A file's text in which one function tells what runs of it. */
function probed(text, fn) {
  const edits = new Edits(text);
  probe(edits, fn, text);
  return edits.toString();
}

module.exports = { points, probe, probed, interior };
