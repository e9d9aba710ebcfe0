// What runs of a version with probes, by numbers: see probing. By itself, since who hears needs no parser.
'use strict';

class Ran {
  constructor() {
    this.lines = new Set();
    this.arms = new Set();
  }

  line(number) {
    this.lines.add(number);
  }

  arm(number) {
    this.arms.add(number);
  }

  test(yes, no, value) {
    this.arms.add(value ? yes : no);
    return value;
  }

  left(number, operator, value) {
    const goesOn = operator === '&&' ? value : operator === '||' ? !value : value === null || value === undefined;
    if (!goesOn) this.arms.add(number);
    return value;
  }

  met(number, value) {
    if (value !== null && value !== undefined) this.arms.add(number);
    return value;
  }
}

module.exports = { Ran };
