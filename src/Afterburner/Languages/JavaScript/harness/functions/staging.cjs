// A copy of the repository's code in which a version of a file lies: modules find each other there as they do in the repository.
// Only code is copied, as plain JavaScript with what it binds named; everything else is linked to.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { isModule } = require('./parsing.cjs');
const { Linking, linked, placed, jsonModule } = require('./linking.cjs');
const { isTyped, lowered } = require('./types.cjs');
const { nameBindings, nameSource } = require('./watching.cjs');

const CODE = /(?:\.[cm]?js|(?<!\.d)\.[cm]?ts)$/;
const COPIED = /\.json$/;
const TESTS = /(^|\/)(test|tests|__tests__|spec)\/|\.(test|spec|cy)\.[cm]?[jt]s$|(^|\/)test\.[cm]?[jt]s$/;
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

/** The text of a file of the repository with its bindings named, in its language; as it is where it cannot be parsed. */
function named(root, file, text) {
  try {
    return nameSource(text, file, isModule(path.join(root, file)));
  } catch {
    return text;
  }
}

/** The same as plain JavaScript. */
function asJavaScript(root, file, text) {
  try {
    return nameBindings(lowered(text, file), file, isModule(path.join(root, file)));
  } catch {
    return text; // whoever imports it hears why
  }
}

/**
 * Lays the code out.
 * @param {string} root the repository @param {string} to an empty folder
 * @param {Map<string, string>} texts of files that are to be put in the place of the repository's: plain JavaScript, with all that is to be in it
 */
function stage(root, to, texts) {
  const linking = new Linking(root), data = new Set();
  const write = (file, code) => {
    let text = code;
    try {
      text = linked(code, file, isModule(path.join(root, file)), linking, each => data.add(each));
    } catch (error) {
      if (texts.has(file)) throw error;
    }
    fs.writeFileSync(path.join(to, placed(root, file)), text);
  };
  each(root, '', (file, entry) => {
    const from = path.join(root, file), into = path.join(to, file);
    if (entry.isDirectory() && entry.name !== 'node_modules') fs.mkdirSync(into, { recursive: true });
    else if (texts.has(file)) write(file, texts.get(file));
    else if (entry.isFile() && CODE.test(file) && !TESTS.test(file) && fs.statSync(from).size <= MOST_CODE) write(file, asJavaScript(root, file, fs.readFileSync(from, 'utf8')));
    else if (entry.isFile() && COPIED.test(file)) fs.copyFileSync(from, into);
    else if (!(entry.isFile() && isTyped(file))) fs.symlinkSync(from, into);
  });
  for (const file of data) {
    try {
      fs.writeFileSync(path.join(to, `${file}.mjs`), jsonModule(fs.readFileSync(path.join(root, file), 'utf8')));
    } catch {
      continue; // whoever imports it hears that it is not there
    }
  }
}

module.exports = { codeIn, named, stage };
