// The harness under test: as it lies in sandboxes, with the parser beside it.
'use strict';

const path = require('node:path');

const folder = process.env.AFTERBURNER_HARNESS ?? path.join(__dirname, '../../../src/Afterburner/Languages/JavaScript/harness');

module.exports = { folder, load: name => require(path.join(folder, name)) };
