/** What is done with lists of books. */

/** The titles of a list, each once, in the order in which they came. */
export function distinct(titles) {
  const kept = [];
  for (const title of titles) {
    if (!kept.includes(title)) {
      kept.push(title);
    }
  }
  return kept;
}

export class Shelf {
  constructor(books) {
    this.books = books;
  }

  /** Books by their authors, those of one author in their order. */
  byAuthor() {
    const found = new Map();
    for (const book of this.books) {
      const those = found.get(book.author);
      if (those) {
        those.push(book);
      } else {
        found.set(book.author, [book]);
      }
    }
    return found;
  }
}

/** Pages of all books together. */
export const pages = books => books.reduce((sum, book) => sum + book.pages, 0);

/** The first letters of an author's names. */
export const initials = author => author.split(' ').map(name => name[0]).join('');
