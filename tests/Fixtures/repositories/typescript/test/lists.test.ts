import { describe, it } from 'node:test';
import assert from 'node:assert/strict';
import { distinct, Shelf, pages, initials } from '../src/lists.js';
import type { Book } from '../src/types.js';

const books: Book[] = Array.from({ length: 6000 }, (_, n) => ({ title: `Volume ${n * 7 % 2000}`, author: `Author ${n % 90}`, pages: n % 400 }));

describe('lists', () => {
  it('keeps each title once', () => {
    assert.deepEqual(distinct(['b', 'a', 'b']), ['b', 'a']);
    assert.equal(distinct(books.map(book => book.title)).length, 2000);
    assert.equal(distinct(books.slice(0, 4000).map(book => book.title)).length, 2000);
  });

  it('groups books by their authors', () => {
    assert.equal(new Shelf(books.slice(0, 3000)).byAuthor().size, 90);
    assert.deepEqual([...new Shelf(books.slice(0, 2)).byAuthor().keys()], ['Author 0', 'Author 1']);
  });

  it('adds pages', () => assert.equal(pages(books.slice(0, 3)), 3));

  it('has initials', () => {
    assert.equal(initials('Ursula Kroeber Le Guin'), 'UKLG');
    assert.equal(initials(Array.from({ length: 9000 }, () => 'Ann').join(' ')).length, 9000);
  });
});
