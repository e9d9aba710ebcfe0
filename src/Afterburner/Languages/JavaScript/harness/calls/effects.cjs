// What a call leaves where it may write: the folder for temporary files, memory that is shared by name, and the folder that the version was laid
// out in, which is the current one. Read before and after, and taken away again.
'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const { readdirSync, readFileSync, readlinkSync, lstatSync, rmSync } = fs;
const TEMPORARY = os.tmpdir(), SHARED = '/dev/shm';
const MOST_FILES = 20_000, MOST_BYTES = 4 << 20;

class Effects {
  /** @param {string} own folder of the harness, which does not count @param {string} laid where the version lies */
  constructor(own, laid) {
    this.own = own;
    this.laid = laid;
    this.before = this.look();
  }

  look() {
    const found = new Map();
    for (const place of [TEMPORARY, SHARED, this.laid]) stamps(place, this.own, found);
    return found;
  }

  /** The same for every version, wherever that lies. */
  name(file) {
    return file.startsWith(`${this.laid}/`) ? `./${path.relative(this.laid, file)}` : file;
  }

  /** Files that are new, changed or gone, with what they hold; new ones are removed. */
  end() {
    const after = this.look(), told = [];
    for (const [file, { kind, mode, stamp, size }] of after) {
      if (this.before.get(file)?.stamp !== stamp) told.push([this.name(file), mode, kind !== 'file' ? kind : size > MOST_BYTES ? size : contentOf(file)]);
    }
    for (const file of this.before.keys()) if (!after.has(file)) told.push([this.name(file), 0, null]);
    for (const file of after.keys()) if (!this.before.has(file)) rmSync(file, { recursive: true, force: true });
    return told.sort((a, b) => a[0] < b[0] ? -1 : 1);
  }
}

/**
 * What lies below a folder: by path its kind, and a stamp that is another one once it was changed. A folder changes when something comes or goes, which is told anyway.
 * @returns {Map<string, { kind: string, mode: number, size: number, stamp: string }>}
 */
function stamps(folder, without, found = new Map()) {
  let entries;
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    return found;
  }
  for (const entry of entries) {
    const file = path.join(folder, entry.name);
    if (file === without) continue;
    if (found.size > MOST_FILES) throw new Error('there are too many files to see which of them are left otherwise');
    const kind = entry.isDirectory() ? 'folder' : entry.isFile() ? 'file' : entry.isSymbolicLink() ? `link to ${linkOf(file)}` : 'special';
    try {
      const { size, ctimeNs, mode } = lstatSync(file, { bigint: true });
      found.set(file, { kind, mode: Number(mode), size: Number(size), stamp: kind === 'folder' ? `${mode}` : `${size} ${ctimeNs}` });
    } catch {
      continue; // what a call started may still be at work
    }
    if (kind === 'folder') stamps(file, without, found);
  }
  return found;
}

function linkOf(file) {
  try {
    return readlinkSync(file);
  } catch {
    return 'nothing';
  }
}

function contentOf(file) {
  try {
    return readFileSync(file).toString('base64');
  } catch {
    return 'gone';
  }
}

module.exports = { Effects, stamps };
