// A copy of the repository's code in which a version of a file lies: modules find each other there as they do in the repository.
// Only code is copied, with what it binds named; everything else is linked to.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { isModule } = require('./parsing.cjs');
const { nameBindings } = require('./watching.cjs');

const CODE = /\.[cm]?js$/;
const COPIED = /\.json$/;
const TESTS = /(^|\/)(test|tests|__tests__|spec)\/|\.(test|spec|cy)\.[cm]?js$|(^|\/)test\.[cm]?js$/;
const MOST_CODE = 2 << 20;

/** Files of code below a folder that are no tests, by their paths in it. */
function codeIn(root) {
  const found = [];
  each(root, '', (file, entry) => {
    if (entry.isFile() && CODE.test(file) && !TESTS.test(file)) found.push(file);
  });
  return found;
}

function each(root, folder, take) {
  for (const entry of fs.readdirSync(path.join(root, folder), { withFileTypes: true })) {
    const file = folder ? `${folder}/${entry.name}` : entry.name;
    if (entry.name === '.git') continue;
    const goesOn = take(file, entry);
    if (entry.isDirectory() && entry.name !== 'node_modules' && goesOn !== false) each(root, file, take);
  }
}

/** A file's text with its bindings named; as it is where it cannot be parsed. */
function named(root, file, text) {
  try {
    return nameBindings(text, file, isModule(path.join(root, file)));
  } catch {
    return text;
  }
}

/**
 * Lays the code out.
 * @param {string} root the repository @param {string} to an empty folder
 * @param {Map<string, string>} texts of files that are to be put in the place of the repository's, as they are
 */
function stage(root, to, texts) {
  each(root, '', (file, entry) => {
    const from = path.join(root, file), into = path.join(to, file);
    if (entry.isDirectory() && entry.name !== 'node_modules') fs.mkdirSync(into, { recursive: true });
    else if (texts.has(file)) fs.writeFileSync(into, texts.get(file));
    else if (entry.isFile() && CODE.test(file) && !TESTS.test(file) && fs.statSync(from).size <= MOST_CODE) fs.writeFileSync(into, named(root, file, fs.readFileSync(from, 'utf8')));
    else if (entry.isFile() && COPIED.test(file)) fs.copyFileSync(from, into);
    else fs.symlinkSync(from, into);
  });
}

module.exports = { codeIn, named, stage };
