// A call as a person would write it, shortened.
'use strict';

const { show } = require('../comparing/differences.cjs');

const LONGEST = 200;

/** @param {{ roots: unknown[], nodes: unknown[][] }} data of a stored call */
function describeCall(name, data) {
  const list = data.nodes[data.roots[1].r][2].map(told => show(data, told, 1));
  const text = `${name}(${list.join(', ')})`;
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 4)}...)` : text;
}

module.exports = { describeCall };
