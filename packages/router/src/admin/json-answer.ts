/** What a command of ours answers: text, or one line of JSON when `json` or `--json` is added. */
export type Answered =
  | { readonly text: string; readonly json: unknown }
  /** It was not done. `json`: what is known all the same. */
  | { readonly refused: string; readonly json?: unknown };

/** Answers a command, whose other words `work` gets, in the form that was asked for. */
export async function answered(
  words: readonly string[],
  work: (words: readonly string[]) => Answered | Promise<Answered>,
): Promise<string> {
  const others = words.filter((word) => word !== 'json' && word !== '--json');
  const answer = await work(others);
  if (others.length === words.length) return 'text' in answer ? answer.text : answer.refused;
  const json =
    'text' in answer
      ? { done: true, ...Object(answer.json) }
      : { done: false, reason: answer.refused.trim(), ...Object(answer.json ?? {}) };
  return `${JSON.stringify(json)}\n`;
}
