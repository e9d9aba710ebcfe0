// Whether a candidate keeps the static rules: it parses, changes the one function only, keeps its header, and names only what the function
// names already or what is known to be pure. Beside that, which of its lines and branches have to run before anything is claimed.
'use strict';

const path = require('node:path');
const { parse, isModule } = require('../functions/parsing.cjs');
const { find, locate } = require('../functions/finding.cjs');
const { isTyped, plain } = require('../functions/types.cjs');
const { changes } = require('./changes.cjs');
const { refusal } = require('./rules.cjs');

function main(request, emit) {
  emit({ type: 'checked', ...(request.head ? compared(request) : checked(request)) });
  emit({ type: 'done' });
}

/** Of two versions of a repository only what differs is asked for. */
function compared({ target, file, candidateFile, head }) {
  try {
    const [before, after] = [functionOf(target, file), functionOf(head, candidateFile)];
    return before && after ? { ok: true, ...changes(before, before.code, after, after.code) } : no(`There is no function ${target.name}.`);
  } catch (error) {
    return no(`It does not parse: ${error.message}.`);
  }
}

function checked({ target, file, candidateFile }) {
  const before = functionOf(target, file);
  if (!before) return no(`There is no function ${target.name} in ${target.path}.`);
  let after;
  try {
    after = functionOf(target, candidateFile);
  } catch (error) {
    return no(`The candidate does not parse: ${error.message}.`);
  }
  if (!after || after.outer.start !== before.outer.start || after.name !== before.name) return no(`There is no function ${target.name} in the candidate, where it was.`);
  if (file.slice(0, before.outer.start) !== candidateFile.slice(0, after.outer.start) || file.slice(before.outer.end) !== candidateFile.slice(after.outer.end)) {
    return no(`The candidate changes something outside of ${target.name}.`);
  }
  if (kindOf(before) !== kindOf(after)) return no(`The candidate is ${kindOf(after)}, and the original ${kindOf(before)}: its callers would notice.`);
  if (header(before, file, target) !== header(after, candidateFile, target)) return no(`The candidate changes the arguments of ${target.name}.`);
  const reason = refusal(before.node, before.code, after.node, after.code, target.name);
  return reason === null ? { ok: true, ...changes(before, before.code, after, after.code) } : no(reason);
}

const no = reason => ({ ok: false, reason });

function functionOf(target, text) {
  const code = plain(text, target.path), tokens = [], tree = parse(code, isModule(path.resolve(target.path)), tokens), found = locate(find(tree, code), target);
  return found && { ...found, tokens, tree, code };
}

function kindOf({ node, outer, kind }) {
  const words = [outer.static ? 'static' : '', node.async ? 'async' : '', node.generator ? 'generator' : '', kind === 'arrow' ? 'arrow function' : kind];
  const told = words.filter(Boolean).join(' ');
  return `${/^a/.test(told) ? 'an' : 'a'} ${told}`;
}

/** The parameters, with nothing of how they are laid out; in TypeScript all that stands before the body. */
function header({ node, outer }, text, target) {
  const plainly = (start, end) => text.slice(start, end).replace(/\s+/g, '');
  return isTyped(target.path) ? plainly(outer.start, node.body.start) : node.params.map(each => plainly(each.start, each.end)).join();
}

module.exports = { main, checked };
