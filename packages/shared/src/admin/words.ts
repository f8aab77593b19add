/**
 * A line as HAProxy's command line reads it: commands end at `;`, words at blanks, and a backslash takes the meaning from the
 * character after it. Commands without a word are dropped.
 */
export function commandsIn(line: string): (readonly string[])[] {
  const commands: string[][] = [];
  let words: string[] = [];
  let word: string | undefined;
  const endWord = (): void => {
    if (word !== undefined) words.push(word);
    word = undefined;
  };
  const endCommand = (): void => {
    endWord();
    if (words.length > 0) commands.push(words);
    words = [];
  };
  for (let at = 0; at < line.length; at += 1) {
    const char = line.charAt(at);
    if (char === '\\' && at + 1 < line.length) word = (word ?? '') + line.charAt((at += 1));
    else if (char === ';') endCommand();
    else if (/\s/.test(char)) endWord();
    else word = (word ?? '') + char;
  }
  endCommand();
  return commands;
}

/** One line that is read as these words. */
export function lineOf(words: readonly string[]): string {
  return words.map((word) => word.replaceAll(/[\\;\s]/g, String.raw`\$&`)).join(' ');
}
