// Text put into a text at places of the original. None of it holds a line end, so every line keeps its number.
'use strict';

class Edits {
  constructor(text) {
    this.text = text;
    this.made = [];
  }

  /** Of texts at one place those that open something come in the order in which they were put, those that close in the other one. */
  open(place, text) {
    this.made.push({ place, end: place, text, rank: 1 });
  }

  close(place, text) {
    this.made.push({ place, end: place, text, rank: 0 });
  }

  replace(place, end, text) {
    this.made.push({ place, end, text, rank: 2 });
  }

  toString() {
    const sorted = this.made.map((edit, number) => ({ ...edit, number }))
      .sort((a, b) => a.place - b.place || a.rank - b.rank || (a.rank === 0 ? b.number - a.number : a.number - b.number));
    let out = '', at = 0;
    for (const { place, end, text } of sorted) {
      if (place < at) throw new Error('edits overlap');
      out += this.text.slice(at, place) + text;
      at = end;
    }
    return out + this.text.slice(at);
  }
}

module.exports = { Edits };
