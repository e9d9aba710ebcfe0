// Words for a shell.
'use strict';

const quote = word => `'${word.replace(/'/g, "'\\''")}'`;

module.exports = { quote };
