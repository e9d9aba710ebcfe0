// The functions of a file: by what name the engine knows each, and by what address it is had from the file's own bindings.
'use strict';

const { walk, isFunction } = require('./parsing.cjs');

const NESTED = 'it is defined inside another function, so that it is made anew each time';
const OF_EACH = 'every object has one of its own';

/**
 * All functions of a tree, in the order of the text: { name, line, node, outer, kind, address, why }. `outer` is the node that is replaced
 * when the function is: of a method with its name. `kind` is function, arrow, method, get, set or constructor; `address` is null where `why` says so.
 */
function find(tree, text) {
  const found = [];
  const named = (node, outer, kind, name, address, why, extra) => found.push({
    name, line: outer.loc.start.line, node, outer, kind: node.type === 'ArrowFunctionExpression' ? 'arrow' : kind,
    address: why ? null : address, why: why ?? null, ...extra,
  });
  const plain = node => text.slice(node.start, node.end).replace(/\s+/g, '').replace(/^['"]|['"]$/g, '');
  const join = (scope, name) => scope.name ? `${scope.name}.${name}` : name;
  const bind = (scope, name) => scope.address === null ? null : scope.address ? `${scope.address}.${name}` : name;

  function value(node, scope, name, address, why) {
    while (node && node.type === 'ParenthesizedExpression') node = node.expression;
    if (!node) return;
    if (isFunction(node)) {
      named(node, node, 'function', join(scope, name), address, scope.why ?? why);
      inside(node, join(scope, name));
    } else if (node.type === 'ClassExpression') klass(node, scope, name, address);
    else if (node.type === 'ObjectExpression') object(node, { name: join(scope, name), address, why: scope.why ?? why });
    else if (node.type === 'AssignmentExpression') assignment(node, scope);
    else expression(node, scope);
  }

  function object(node, scope) {
    for (const property of node.properties) {
      if (property.type !== 'Property') { expression(property, scope); continue; }
      const simple = !property.computed;
      const key = simple ? plain(property.key) : text.slice(property.key.start, property.key.end);
      const why = simple ? undefined : 'its name is computed';
      if (property.kind !== 'init' || property.method) {
        const kind = property.method ? 'method' : property.kind;
        named(property.value, property, kind, join(scope, key), scope.address === null ? null : kind === 'method' ? bind(scope, key) : `${scope.address}.${kind} ${key}`,
          scope.why ?? why ?? (scope.address === null ? NESTED : undefined));
        inside(property.value, join(scope, key));
      } else value(property.value, scope, key, bind(scope, key), why);
    }
  }

  function klass(node, scope, name, address) {
    const within = { name: join(scope, name), address, why: scope.why ?? (address === null ? NESTED : undefined) };
    for (const member of node.body.body) {
      if (member.type === 'StaticBlock') { walkInside(member, within); continue; }
      const why = member.computed ? 'its name is computed' : member.key.type === 'PrivateIdentifier' ? 'it is private to its class' : undefined;
      const key = plain(member.key);
      if (member.type === 'MethodDefinition') {
        const kind = member.kind;
        const last = kind === 'constructor' ? 'constructor' : `${member.static ? '' : 'prototype.'}${kind === 'method' ? '' : `${kind} `}${key}`;
        named(member.value, member, kind, join(within, key), `${address}.${last}`, within.why ?? why, { isDerived: kind === 'constructor' && node.superClass !== null });
        inside(member.value, join(within, key));
      } else if (member.value) {
        value(member.value, within, key, member.static ? `${address}.${key}` : null, within.why ?? why ?? (member.static ? undefined : OF_EACH));
      }
    }
  }

  function assignment(node, scope) {
    const target = plain(node.left);
    // A name is bound to what it was assigned last, wherever that stands outside of functions.
    const isPath = /^[\w$]+(\.[\w$]+)*$/.test(target);
    value(node.right, scope.name && scope.isContainer ? scope : { ...scope, address: '' }, target, isPath && !scope.why ? target : null, scope.why ?? (isPath ? undefined : NESTED));
  }

  /** What stands anywhere else: found by the engine too, and not to be had. */
  function expression(node, scope) {
    if (isFunction(node)) {
      inside(node, scope.name);
      return;
    }
    for (const key of Object.keys(node)) {
      for (const child of [node[key]].flat()) if (child && typeof child.type === 'string') statement(child, { ...scope, address: null, why: scope.why ?? NESTED }, true);
    }
  }

  function inside(fn, name) {
    statement(fn.body, { name, address: null, why: NESTED });
    for (const parameter of fn.params) expression(parameter, { name, address: null, why: NESTED });
  }

  function walkInside(block, scope) {
    for (const child of block.body) statement(child, { ...scope, address: null, why: NESTED });
  }

  function statement(node, scope) {
    switch (node.type) {
      case 'ExportNamedDeclaration':
        if (node.declaration) statement(node.declaration, scope);
        return;
      case 'ExportDefaultDeclaration':
        if (node.declaration.id) statement(node.declaration, scope);
        else if (isFunction(node.declaration)) {
          named(node.declaration, node.declaration, 'function', 'default', 'default', undefined);
          inside(node.declaration, 'default');
        } else value(node.declaration, scope, 'default', 'default', undefined);
        return;
      case 'FunctionDeclaration':
        named(node, node, 'function', join(scope, node.id.name), scope.why ? null : node.id.name, scope.why);
        inside(node, join(scope, node.id.name));
        return;
      case 'ClassDeclaration':
      case 'ClassExpression':
        klass(node, scope, node.id?.name ?? 'default', scope.why ? null : node.id?.name ?? null);
        return;
      case 'VariableDeclaration':
        for (const each of node.declarations) {
          if (each.id.type === 'Identifier') value(each.init, scope, each.id.name, scope.why ? null : each.id.name, scope.why);
          else if (each.init) expression(each.init, scope);
        }
        return;
      case 'AssignmentExpression':
        assignment(node, scope);
        return;
      case 'ExpressionStatement':
        statement(node.expression, scope);
        return;
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        inside(node, scope.name);
        return;
      case 'ObjectExpression':
        object(node, { name: scope.name, address: null, why: scope.why ?? NESTED });
        return;
      default:
        for (const key of Object.keys(node)) {
          for (const child of [node[key]].flat()) {
            if (child && typeof child.type === 'string') {
              // Blocks outside of functions bind the names of the file.
              statement(child, /Statement$|Clause$|Case$/.test(node.type) || node.type === 'Program' ? scope : { ...scope, address: null, why: scope.why ?? NESTED });
            }
          }
        }
    }
  }

  statement(tree, { name: '', address: '', why: undefined });
  return found.sort((a, b) => a.outer.start - b.outer.start);
}

/** The function that the engine means: of that name on that line, or the only one of that name. */
function locate(functions, target) {
  const alike = functions.filter(each => each.name === target.name);
  const here = alike.filter(each => each.line === target.line);
  if (here.length >= 1) return here[0];
  if (alike.length === 1) return alike[0];
  const last = target.name.split('.').at(-1);
  return functions.find(each => each.line === target.line && each.name.split('.').at(-1) === last) ?? null;
}

/** Names that a file binds outside of its functions, with what gives each: binding names, and paths that it assigns to. */
function bindings(tree, text) {
  const names = new Set();
  const pattern = node => {
    if (!node) return;
    if (node.type === 'Identifier') names.add(node.name);
    else if (node.type === 'ObjectPattern') for (const each of node.properties) pattern(each.value ?? each.argument);
    else if (node.type === 'ArrayPattern') node.elements.forEach(pattern);
    else if (node.type === 'AssignmentPattern') pattern(node.left);
    else if (node.type === 'RestElement') pattern(node.argument);
  };
  const path = node => node.type === 'Identifier' || node.type === 'MemberExpression' && !node.computed && node.property.type === 'Identifier' && path(node.object);
  for (let statement of tree.body) {
    if (statement.type === 'ExportNamedDeclaration' || statement.type === 'ExportDefaultDeclaration') statement = statement.declaration ?? statement;
    if (statement.type === 'FunctionDeclaration' || statement.type === 'ClassDeclaration') pattern(statement.id);
    else if (statement.type === 'VariableDeclaration') statement.declarations.forEach(each => pattern(each.id));
    else if (statement.type === 'ImportDeclaration') statement.specifiers.forEach(each => pattern(each.local));
    else if (statement.type === 'ExpressionStatement') {
      let each = statement.expression;
      while (each.type === 'AssignmentExpression' && path(each.left)) {
        const name = text.slice(each.left.start, each.left.end).replace(/\s+/g, '');
        if (/^(module\.exports|exports\.)/.test(name)) names.add(name);
        each = each.right;
      }
    }
  }
  // In a script a function declared in a block is bound outside of it as well.
  walk(tree, node => {
    if (isFunction(node) && node.type !== 'FunctionDeclaration') return false;
    if (node.type === 'FunctionDeclaration') pattern(node.id);
    if (node.type === 'VariableDeclaration' && node.kind === 'var') node.declarations.forEach(each => pattern(each.id));
    return !(node.type === 'FunctionDeclaration' || node.type === 'ClassDeclaration' || node.type === 'ClassExpression');
  });
  return [...names];
}

module.exports = { find, locate, bindings };
