// What runs of a version with probes, by numbers: see probing. By itself, since who hears needs no parser.
'use strict';

class Ran {
  constructor() {
    this.lines = new Set();
    this.arms = new Set();
    this.counts = new Map();
  }

  clear() {
    this.lines.clear();
    this.arms.clear();
    this.counts.clear();
  }

  line(number) {
    this.lines.add(number);
  }

  arm(number) {
    this.arms.add(number);
  }

  /** Of a value that is there by now. */
  came(number, value) {
    this.arms.add(number);
    return value;
  }

  test(yes, no, value) {
    this.arms.add(value ? yes : no);
    return value;
  }

  left(number, operator, value) {
    if (!goesOn(operator, value)) this.arms.add(number);
    return value;
  }

  keep(assigned, kept, operator, value) {
    this.arms.add(goesOn(operator, value) ? assigned : kept);
  }

  met(number, other, value) {
    this.arms.add(value !== null && value !== undefined ? number : other);
    return value;
  }

  used(number) {
    this.arms.add(number);
    this.counts.set(number, (this.counts.get(number) ?? 0) + 1);
  }

  /** A default was passed by: where that was more often than it was used, something was given. */
  passed(number, given) {
    const left = (this.counts.get(number) ?? 0) - 1;
    this.counts.set(number, left);
    if (left < 0) this.arms.add(given);
  }
}

/** Whether what is right of an operator counts. */
function goesOn(operator, value) {
  return operator.startsWith('&&') ? value : operator.startsWith('||') ? !value : value === null || value === undefined;
}

module.exports = { Ran };
