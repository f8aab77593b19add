import { anyText, textMatch } from './match.ts';
import type { Match } from './match.ts';

/** A text match for a pattern that stands between delimiters or the ends of the sample; delimiters around the pattern are dropped. */
export function delimitedMatch(delimiters: string): Match {
  const isDelimiter = (char: string): boolean => delimiters.includes(char);
  const strip = (text: string): string => {
    let start = 0;
    let end = text.length;
    while (start < end && isDelimiter(text.charAt(start))) start += 1;
    while (end > start && isDelimiter(text.charAt(end - 1))) end -= 1;
    return text.slice(start, end);
  };
  const stands = (sample: string, text: string): boolean => {
    for (let at = sample.indexOf(text); at >= 0; at = sample.indexOf(text, at + 1)) {
      const end = at + text.length;
      const opens = at === 0 || isDelimiter(sample.charAt(at - 1));
      if (opens && (end === sample.length || isDelimiter(sample.charAt(end)))) return true;
    }
    return false;
  };
  const text = textMatch((texts) =>
    anyText(
      texts.map(strip).filter((stripped) => stripped !== ''),
      stands,
    ),
  );
  return {
    ...text,
    compile(patterns, report) {
      for (const pattern of patterns) {
        if (strip(pattern.text) === '')
          report(pattern.at, `'${pattern.text}' holds delimiters only and would never match`);
      }
      return text.compile(patterns, report);
    },
  };
}
