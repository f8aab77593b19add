/**
 * Bytes written as `\xE0` in a configuration, which need not be UTF-8: HAProxy's words are bytes, ours are texts. Those that are UTF-8
 * together (`\xC3\xA9`) become the character they are; each other one becomes half of a surrogate pair, U+DC80 to U+DCFF, which no
 * text in a file can have, until the word is turned into bytes.
 */
const HALF = 0xdc00;
/** Runs of such halves; with the flag `u` those of real pairs do not match. */
const HALVES = /[\udc80-\udcff]+/gu;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The character that stands for a byte until its word is complete. */
export function escapedByte(byte: number): string {
  return String.fromCharCode(byte < 0x80 ? byte : HALF + byte);
}

/** A word with those of its bytes that are UTF-8 as characters. */
export function readable(word: string): string {
  return word.replaceAll(HALVES, (run) => {
    try {
      return utf8.decode(bytesIn(run));
    } catch {
      return run;
    }
  });
}

/** The bytes of a text, those that were written as bytes among them. */
export function writtenBytes(text: string): Buffer {
  const pieces: Buffer[] = [];
  let from = 0;
  for (const { 0: run, index } of text.matchAll(HALVES)) {
    pieces.push(Buffer.from(text.slice(from, index), 'utf8'), bytesIn(run));
    from = index + run.length;
  }
  return from === 0 ? Buffer.from(text, 'utf8') : Buffer.concat([...pieces, Buffer.from(text.slice(from), 'utf8')]);
}

function bytesIn(run: string): Buffer {
  return Buffer.from(Array.from(run, (char) => char.charCodeAt(0) - HALF));
}
