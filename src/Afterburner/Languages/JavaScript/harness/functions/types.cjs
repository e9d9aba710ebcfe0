// TypeScript as plain JavaScript. What is measured and looked at keeps every line and column: types become blanks (by swc, with which Node.js
// itself does it), so that places in the one text are places in the other. Files that need more than that are transformed where they only lie beside.
'use strict';

const { parse, TYPED } = require('./parsing.cjs');
const { unbound } = require('./scopes.cjs');

const MOST_KNOWN = 2000;

let swc = null;
const known = new Map();

const isTyped = file => TYPED.test(file);

// As Node.js has them: fields are the language's own, and no import is judged here.
const OPTIONS = { deprecatedTsModuleAsError: true, transform: { verbatimModuleSyntax: true, nativeClassProperties: true, noEmptyExport: true, importNotUsedAsValues: 'preserve' } };

/** @param {'strip-only' | 'transform'} mode */
function transformed(text, mode) {
  swc ??= require('../swc.cjs');
  try {
    return swc.transformSync(text, { ...OPTIONS, mode }).code;
  } catch (error) {
    const said = String(error?.message ?? error).trim();
    const problem = new SyntaxError(said.replace(/\s+/g, ' '));
    problem.code = error?.code;
    throw problem;
  }
}

/**
 * The text of a file without its types: as long as it was, each line where it was. That of a file in JavaScript is as it is.
 * @throws {SyntaxError} It does not parse, or has what is more than types: an enum, a namespace with values, properties declared by parameters, decorators.
 */
function plain(text, file) {
  if (!isTyped(file)) return text;
  let found = known.get(text);
  if (found === undefined) {
    if (known.size > MOST_KNOWN) known.clear();
    try {
      found = { code: stripped(text) };
    } catch (error) {
      found = { error };
    }
    known.set(text, found);
  }
  if (found.error) throw found.error;
  return found.code;
}

function stripped(text) {
  let code;
  try {
    code = transformed(text, 'strip-only');
  } catch (error) {
    throw error.code === 'UnsupportedSyntax' || /not supported in strip-only mode/.test(error.message)
      ? new SyntaxError(`it has more than types, which cannot be taken out with every line where it was: ${error.message.replace(/ in strip-only mode/, '')}`) : error;
  }
  if (code.length !== text.length || !sameLines(code, text)) throw new SyntaxError('its types cannot be taken out with every line where it was');
  if (/^\s*@[\w(]/m.test(code)) {
    try {
      parse(code, true);
    } catch {
      throw new SyntaxError('it has more than types: decorators, which no version of the language has yet');
    }
  }
  return withoutTypeImports(code);
}

/** Whether two texts of one length end their lines at the same places. */
function sameLines(a, b) {
  for (let at = 0; at < a.length; at++) if ((a[at] === '\n') !== (b[at] === '\n')) return false;
  return true;
}

/** Imported names that no code uses are taken for types, as transformers of single files take them; what is imported for them alone is not imported. */
function withoutTypeImports(code) {
  if (!/\bimport\b/.test(code)) return code;
  const tree = parse(code, true), imports = tree.body.filter(each => each.type === 'ImportDeclaration');
  if (imports.length === 0) return code;
  const used = unbound({ ...tree, body: tree.body.filter(each => each.type !== 'ImportDeclaration') });
  const out = code.split('');
  const blank = (from, to) => {
    for (let at = from; at < to; at++) if (out[at] !== '\n' && out[at] !== '\r') out[at] = ' ';
  };
  for (const each of imports) {
    const unused = each.specifiers.filter(({ local }) => !used.has(local.name));
    const isOfTypes = each.specifiers.length === 0 && code.slice(each.start, each.source.start).includes('{');
    if (isOfTypes || unused.length > 0 && unused.length === each.specifiers.length) {
      blank(each.start, each.end);
      out[each.start] = ';';
    } else for (const one of unused) {
      const comma = /^\s*,/.exec(code.slice(one.end, each.source.start));
      const before = one.type === 'ImportNamespaceSpecifier' ? /,\s*$/.exec(code.slice(each.start, one.start)) : null;
      blank(before ? each.start + before.index : one.start, comma ? one.end + comma[0].length : one.end);
    }
  }
  return out.join('');
}

/** JavaScript that does what a file does, with lines of its own where types alone are not all that has to go. */
function lowered(text, file) {
  try {
    return plain(text, file);
  } catch {
    return withoutTypeImports(transformed(text, 'transform'));
  }
}

/**
 * Where an expression of the plain text ends in the file's own: what is said of its type behind it belongs to it.
 * @param {string} text the file's @param {string} code the same without types
 */
function endOf(text, code, end) {
  if (text === code) return end;
  let last = end;
  for (let at = end; at < code.length && /\s/.test(code[at]); at++) if (code[at] !== text[at] && !/\s/.test(text[at])) last = at + 1;
  return /^\s*(?:as|satisfies)\b|^\s*!/.test(text.slice(end, last)) ? last : end;
}

module.exports = { isTyped, plain, lowered, endOf };
