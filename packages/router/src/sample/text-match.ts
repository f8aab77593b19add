/** How a text is compared with one pattern. ACLs and maps share it. */
export type TextTest = (sample: string, pattern: string) => boolean;

/** The delimiters of the parts of a text, and the pattern between them or the ends. */
export interface Delimited {
  readonly stands: TextTest;
  /** A pattern without the delimiters around it: to be done before it is compared. */
  readonly strip: (text: string) => string;
  readonly isDelimiter: (code: number) => boolean;
}

export function delimited(delimiters: string): Delimited {
  const codes = new Uint8Array(128);
  for (const char of delimiters) codes[char.charCodeAt(0)] = 1;
  const isDelimiter = (code: number): boolean => codes[code] === 1;
  const strip = (text: string): string => {
    let start = 0;
    let end = text.length;
    while (start < end && isDelimiter(text.charCodeAt(start))) start += 1;
    while (end > start && isDelimiter(text.charCodeAt(end - 1))) end -= 1;
    return text.slice(start, end);
  };
  const stands: TextTest = (sample, text) => {
    for (let at = sample.indexOf(text); at >= 0; at = sample.indexOf(text, at + 1)) {
      const end = at + text.length;
      const opens = at === 0 || isDelimiter(sample.charCodeAt(at - 1));
      if (opens && (end === sample.length || isDelimiter(sample.charCodeAt(end)))) return true;
    }
    return false;
  };
  return { stands, strip, isDelimiter };
}

/** Whole path components: between `/`, `?` (measured; the manual names `/` only) or the ends. */
export const directory = delimited('/?');
/** Whole labels of a host name, anywhere in it: between `.`, `:`, `/`, `?` or the ends. */
export const domain = delimited('.:/?');
