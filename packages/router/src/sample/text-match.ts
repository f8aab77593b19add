/** How a text is compared with one pattern. ACLs and maps share it, with indexes of their own. */
export type TextTest = (sample: string, pattern: string) => boolean;

/** The pattern stands between delimiters or the ends of the sample; `strip` it first of delimiters around it. */
export function delimited(delimiters: string): { readonly stands: TextTest; readonly strip: (text: string) => string } {
  const isDelimiter = (char: string): boolean => delimiters.includes(char);
  const strip = (text: string): string => {
    let start = 0;
    let end = text.length;
    while (start < end && isDelimiter(text.charAt(start))) start += 1;
    while (end > start && isDelimiter(text.charAt(end - 1))) end -= 1;
    return text.slice(start, end);
  };
  const stands: TextTest = (sample, text) => {
    for (let at = sample.indexOf(text); at >= 0; at = sample.indexOf(text, at + 1)) {
      const end = at + text.length;
      const opens = at === 0 || isDelimiter(sample.charAt(at - 1));
      if (opens && (end === sample.length || isDelimiter(sample.charAt(end)))) return true;
    }
    return false;
  };
  return { stands, strip };
}

/** Whole path components: between `/`, `?` (measured; the manual names `/` only) or the ends. */
export const directory = delimited('/?');
/** Whole labels of a host name, anywhere in it: between `.`, `:`, `/`, `?` or the ends. */
export const domain = delimited('.:/?');
