// What recipes there are, a file each. Each only proposes: whether what it makes is equal and faster is found out as of any candidate.
'use strict';

const fs = require('node:fs');
const path = require('node:path');

const FOLDER = path.join(__dirname, 'flow_recipes');

/** In the order of their ids. `gain`: median of the original's CPU time over that of what it makes, on a small and on a large input, as a benchmark measures it. `looserTypes`: a compiler of types would refuse what it makes. */
const RECIPES = fs.readdirSync(FOLDER).sort().map(file => require(path.join(FOLDER, file)));

module.exports = { RECIPES };
