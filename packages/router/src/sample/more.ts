/** Instead of a value: these bytes may be the beginning of one. Not a word, which a client could send. */
export const more: unique symbol = Symbol('more bytes are needed');
export type More = typeof more;
