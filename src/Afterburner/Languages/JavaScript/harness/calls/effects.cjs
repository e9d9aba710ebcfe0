// What a call leaves in the one place where it may write, the folder for temporary files: read before and after, and taken away again.
'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const { readdirSync, readFileSync, lstatSync, rmSync } = fs;
const place = os.tmpdir();
const MOST_FILES = 2_000, MOST_BYTES = 4 << 20;

class Effects {
  /** @param {string} own folder of the harness, which does not count */
  constructor(own) {
    this.own = own;
    this.before = this.look();
  }

  look() {
    const found = new Map();
    const go = folder => {
      let entries;
      try {
        entries = readdirSync(folder, { withFileTypes: true });
      } catch {
        return;
      }
      for (const entry of entries) {
        const file = path.join(folder, entry.name);
        if (file === this.own || found.size > MOST_FILES) continue;
        if (entry.isDirectory()) {
          found.set(`${file}/`, '');
          go(file);
        } else if (entry.isFile()) found.set(file, stampOf(file));
        else found.set(file, 'special');
      }
    };
    go(place);
    return found;
  }

  /** Files that are new, changed or gone, with what they hold; new ones are removed. */
  end() {
    const after = this.look(), told = [];
    for (const [file, stamp] of after) {
      if (this.before.get(file) === stamp) continue;
      told.push([path.relative(place, file), file.endsWith('/') || stamp === 'special' || Number(stamp.split(' ')[0]) > MOST_BYTES ? stamp.split(' ')[0] : contentOf(file)]);
      if (!this.before.has(file)) rmSync(file, { recursive: true, force: true });
    }
    for (const file of this.before.keys()) if (!after.has(file)) told.push([path.relative(place, file), null]);
    return told.sort((a, b) => a[0] < b[0] ? -1 : 1);
  }
}

function stampOf(file) {
  try {
    const { size, mtimeNs } = lstatSync(file, { bigint: true });
    return `${size} ${mtimeNs}`;
  } catch {
    return 'gone'; // what a call started may still be at work
  }
}

function contentOf(file) {
  try {
    return readFileSync(file).toString('base64');
  } catch {
    return 'gone';
  }
}

module.exports = { Effects };
