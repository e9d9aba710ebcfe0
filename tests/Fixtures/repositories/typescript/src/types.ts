export interface Book {
  readonly title: string;
  readonly author: string;
  readonly pages: number;
}

export type ByAuthor<T extends Book = Book> = Map<string, T[]>;

export const LETTERS = / /;
