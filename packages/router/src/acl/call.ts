/** `hdr(host,1)`: a keyword and the words between its parentheses. */
export interface Call {
  readonly name: string;
  readonly args: readonly string[];
  /** What follows the parentheses: converters, each with its own arguments. */
  readonly converters: readonly Omit<Call, 'converters'>[];
}

const PART = /([A-Za-z0-9_.+-]+)(?:\(((?:"[^"]*"|'[^']*'|[^()"'])*)\))?(,|$)/y;

/** Reads `NAME[(ARG,...)][,CONVERTER[(ARG,...)]]...`. Quotes protect commas and parentheses in an argument. A string says what is wrong. */
export function parseCall(text: string): Call | string {
  const parts: { name: string; args: readonly string[] }[] = [];
  PART.lastIndex = 0;
  while (true) {
    const part = PART.exec(text);
    if (part === null) return `'${text}' is not of the form NAME(ARGUMENT)`;
    const [, name = '', args, separator] = part;
    parts.push({ name, args: splitArguments(args) });
    if (separator === '') break;
  }
  const [fetch, ...converters] = parts;
  return fetch === undefined ? `'${text}' is not of the form NAME(ARGUMENT)` : { ...fetch, converters };
}

function splitArguments(text: string | undefined): readonly string[] {
  if (text === undefined || text === '') return [];
  const args = text.match(/(?:"[^"]*"|'[^']*'|[^,"'])+|(?<=,|^)(?=,|$)/g) ?? [];
  return args.map((arg) => arg.replaceAll(/"([^"]*)"|'([^']*)'/g, '$1$2'));
}
