// What a call is made of, for a person: `xs: Array[1000] of number, key: string[4]`.
'use strict';

const { types } = require('node:util');

/** The name of a value's type. */
function typeOf(value) {
  if (value === null) return 'null';
  if (typeof value !== 'object') return typeof value;
  if (types.isProxy(value)) return 'Proxy';
  const prototype = Object.getPrototypeOf(value);
  if (prototype === null) return 'Object';
  const made = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  return typeof made === 'function' && typeof made.name === 'string' && made.name ? made.name : 'Object';
}

/** How much there is in a value; null where that means nothing. */
function lengthOf(value) {
  if (typeof value === 'string' || Array.isArray(value)) return value.length;
  if (value === null || typeof value !== 'object' || types.isProxy(value)) return null;
  if (types.isMap(value)) return [...Map.prototype.keys.call(value)].length;
  if (types.isSet(value)) return [...Set.prototype.values.call(value)].length;
  if (ArrayBuffer.isView(value)) return value.byteLength;
  return Object.getPrototypeOf(value) === Object.prototype ? Object.keys(value).length : null;
}

function describe(value) {
  const length = lengthOf(value);
  return `${typeOf(value)}${length === null ? '' : `[${length}]`}${Array.isArray(value) && value.length ? ` of ${typeOf(value[0])}` : ''}`;
}

/** @param {(string | null)[]} parameters names, as far as they have some */
function shapeOf(parameters, values) {
  return values.slice(0, 8).map((value, place) => `${parameters[place] ?? place}: ${describe(value)}`).join(', ');
}

module.exports = { typeOf, lengthOf, shapeOf };
