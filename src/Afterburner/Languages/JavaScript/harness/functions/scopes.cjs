// Which names a piece of code binds, and which it has from around it. A name counts as its own only where it is bound whatever mode the code is in:
// a function in a block is bound there alone, and what a body declares is not there yet where the parameters are made.
'use strict';

const { children, isFunction } = require('./parsing.cjs');

/** Identifiers that a pattern binds. */
function bound(pattern, names = []) {
  if (!pattern) return names;
  switch (pattern.type) {
    case 'Identifier': names.push(pattern.name); break;
    case 'ObjectPattern': pattern.properties.forEach(each => bound(each.value ?? each.argument, names)); break;
    case 'ArrayPattern': pattern.elements.forEach(each => bound(each, names)); break;
    case 'AssignmentPattern': bound(pattern.left, names); break;
    case 'RestElement': bound(pattern.argument, names); break;
  }
  return names;
}

/** Names that a block, or a function's body, declares in itself, and those that a `var` in its blocks does. */
function declared(node, names = []) {
  for (const child of children(node)) {
    if (child.type === 'FunctionDeclaration' || child.type === 'ClassDeclaration') {
      if (child.id) names.push(child.id.name);
    } else if (child.type === 'VariableDeclaration') child.declarations.forEach(each => bound(each.id, names));
    else if (child.type === 'ImportDeclaration') child.specifiers.forEach(each => names.push(each.local.name));
    else if (/^Export|^SwitchCase$|^LabeledStatement$/.test(child.type)) declared(child, names);
    else hoisted(child, names);
  }
  return names;
}

function hoisted(node, names) {
  if (isFunction(node) || /^Class/.test(node.type)) return;
  for (const child of children(node)) {
    if (child.type === 'VariableDeclaration' && child.kind === 'var') child.declarations.forEach(each => bound(each.id, names));
    hoisted(child, names);
  }
}

/**
 * Every use of a name that the code has from around it.
 * @param {(name: string, node: object, parent: object) => void} use
 */
function uses(root, use) {
  function visit(node, parent, key, scope) {
    switch (node.type) {
      case 'Identifier':
        if (parent && (parent.type === 'MemberExpression' && key === 'property' && !parent.computed
          || (parent.type === 'Property' || parent.type === 'MethodDefinition' || parent.type === 'PropertyDefinition') && key === 'key' && !parent.computed
          || parent.type === 'LabeledStatement' || parent.type === 'BreakStatement' || parent.type === 'ContinueStatement'
          || parent.type === 'MetaProperty' || parent.type === 'ExportSpecifier' && key === 'exported' || parent.type === 'ImportSpecifier')) return;
        if (!scope.has(node.name)) use(node.name, node, parent);
        return;
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'ArrowFunctionExpression': {
        const own = new Set(scope);
        if (node.id && node.type === 'FunctionExpression') own.add(node.id.name);
        if (node.type !== 'ArrowFunctionExpression') own.add('arguments');
        node.params.forEach(each => bound(each).forEach(name => own.add(name)));
        node.params.forEach(each => visit(each, node, 'params', own));
        const inner = new Set(own);
        if (node.body.type === 'BlockStatement') declared(node.body).forEach(name => inner.add(name));
        each(node.body, node, 'body', inner);
        return;
      }
      case 'ClassDeclaration':
      case 'ClassExpression': {
        const own = new Set(scope);
        if (node.id) own.add(node.id.name);
        if (node.superClass) visit(node.superClass, node, 'superClass', own);
        visit(node.body, node, 'body', own);
        return;
      }
      case 'BlockStatement':
      case 'StaticBlock':
      case 'Program':
      case 'SwitchStatement':
        each(node, parent, key, new Set([...scope, ...declared(node)]));
        return;
      case 'ForStatement':
      case 'ForInStatement':
      case 'ForOfStatement': {
        const own = new Set(scope), head = node.init ?? node.left;
        if (head?.type === 'VariableDeclaration') head.declarations.forEach(item => bound(item.id).forEach(name => own.add(name)));
        each(node, parent, key, own);
        return;
      }
      case 'CatchClause':
        each(node, parent, key, new Set([...scope, ...bound(node.param)]));
        return;
    }
    each(node, parent, key, scope);
  }

  function each(node, parent, key, scope) {
    if (node.type === 'Identifier') {
      visit(node, parent, key, scope);
      return;
    }
    if (isFunction(node) || /^Class(Declaration|Expression)$/.test(node.type)) {
      visit(node, parent, key, scope);
      return;
    }
    for (const name in node) {
      const value = node[name];
      // `{ a }` has the same node for the key and for the value.
      if (node.type === 'Property' && node.shorthand && name === 'key') continue;
      if (Array.isArray(value)) {
        for (const item of value) if (item && typeof item.type === 'string') visit(item, node, name, scope);
      } else if (value && typeof value.type === 'string') visit(value, node, name, scope);
    }
  }

  visit(root, null, '', new Set());
}

/** The names that code has from around it. */
function unbound(root) {
  const names = new Set();
  uses(root, name => names.add(name));
  return names;
}

module.exports = { bound, declared, uses, unbound };
