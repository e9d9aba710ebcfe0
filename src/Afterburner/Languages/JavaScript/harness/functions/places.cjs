// Where a file of the repository lies in a copy in which versions run: TypeScript lies there as JavaScript, under a name that Node takes for it.
'use strict';

const fs = require('node:fs');
const path = require('node:path');

const ENDINGS = ['', '.mjs', '.cjs'];

/** The path of a file, by its path in the repository, in a copy at a folder. */
function placeOf(folder, file) {
  const place = path.join(folder, file);
  return place + (ENDINGS.find(ending => fs.existsSync(place + ending)) ?? '');
}

module.exports = { placeOf };
