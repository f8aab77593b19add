/** Integers and ranges of them, as ACLs and maps write them (HAProxy manual §7.1.2). */

/** Inclusive bounds; infinite where open. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

const OPERATORS: Readonly<Record<string, (value: number) => Range>> = {
  eq: (value) => ({ low: value, high: value }),
  ge: (value) => ({ low: value, high: Infinity }),
  gt: (value) => ({ low: value + 1, high: Infinity }),
  le: (value) => ({ low: -Infinity, high: value }),
  lt: (value) => ({ low: -Infinity, high: value - 1 }),
};

export function isOperator(text: string): boolean {
  return Object.hasOwn(OPERATORS, text);
}

/** Reads `5`, `1:10`, `:4` or `1024:` under an operator; ranges go with `eq` only. Undefined when it is neither. */
export function parseRange(text: string, operator: string): Range | undefined {
  const parts = /^(-?\d{1,15})?(?:(:)(-?\d{1,15})?)?$/.exec(text);
  if (parts === null || (parts[1] ?? parts[3]) === undefined) return undefined;
  const low = parts[1] === undefined ? -Infinity : Number(parts[1]);
  if (parts[2] === undefined) return OPERATORS[operator]?.(low);
  const high = parts[3] === undefined ? Infinity : Number(parts[3]);
  return operator === 'eq' && low <= high ? { low, high } : undefined;
}
