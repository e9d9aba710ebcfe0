/** What is done with lists of books. */

import type { Book, ByAuthor } from './types.js';
import { LETTERS } from './types';

/** The titles of a list, each once, in the order in which they came. */
export function distinct<T extends string>(titles: readonly T[]): T[] {
  const kept: T[] = [];
  for (const title of titles) {
    if (!kept.includes(title)) {
      kept.push(title as T);
    }
  }
  return kept;
}

export class Shelf<T extends Book> {
  private readonly books: readonly T[];

  constructor(books: readonly T[]) {
    this.books = books;
  }

  /** Books by their authors, those of one author in their order. */
  public byAuthor(): ByAuthor<T> {
    const found: ByAuthor<T> = new Map();
    for (const book of this.books) {
      const those = found.get(book.author);
      if (those) {
        those!.push(book);
      } else {
        found.set(book.author, [book]);
      }
    }
    return found;
  }
}

/** Pages of all books together. */
export const pages = (books: readonly Pick<Book, 'pages'>[]): number => books.reduce((sum, book) => sum + book.pages, 0) as number;

/** The first letters of an author's names. */
export const initials = (author: string): string => author.split(LETTERS).map(name => name[0]).join('');

/** What a die shows. */
export function roll(sides: number = 6): number {
  return 1 + Math.floor(Math.random() * sides);
}
