/** Words of `server` and `source` about how its connections are made. */
import { isIP } from 'node:net';
import type { Cursor } from '@headgate/shared/config/cursor';
import { parseAddress } from './address.ts';
import { hasNoEffect } from './directive.ts';
import type { Context } from './directive.ts';
import type { ServerParameters } from './draft.ts';

/** `source ADDRESS [usesrc …|interface …]`: the local address of connections; '' where any will do. */
export function readSource(cursor: Cursor, { problems }: Context): string | undefined {
  const word = cursor.need('an address');
  if (word === undefined) return undefined;
  const address = parseAddress(/^[\da-f:]+$/i.test(word.text) && isIP(word.text) === 6 ? `[${word.text}]` : word.text);
  for (const more of ['usesrc', 'interface'] as const) {
    const { at } = cursor.peek() ?? word;
    if (!cursor.accept(more)) continue;
    cursor.next();
    problems.error(
      at,
      more === 'usesrc'
        ? "not supported: 'usesrc', which sends with the client's address and needs the kernel's transparent proxying; use 'send-proxy' or 'option forwardfor'"
        : "not supported: 'interface' of a source; write an address of that interface",
    );
    return undefined;
  }
  if (address.kind !== 'tcp') problems.error(word.at, `'${word.text}' is not an address to connect from`);
  else if (address.port !== undefined && address.port !== 0)
    problems.error(
      word.at,
      `not supported: the source port of '${word.text}'; the system chooses one, so that many connections fit`,
    );
  else if (['', '0.0.0.0', '::'].includes(address.host)) return '';
  else if (isIP(address.host) === 0) problems.error(word.at, `'${address.host}' is not an IP address of this machine`);
  else return address.host;
  return undefined;
}

/** `init-addr last,libc,none,IP`. Names are looked up when they are used, so only the address matters: it stands in for a name without one. */
export function readInitAddr(parameters: ServerParameters, cursor: Cursor, { problems }: Context): void {
  const word = cursor.need('where the first address comes from: last, libc, none or an IP address');
  let given: string | undefined;
  for (const text of word?.text.split(',') ?? []) {
    if (isIP(text) !== 0 && given === undefined) parameters.fallback = given = text;
    else if (isIP(text) !== 0 && word !== undefined)
      problems.error(word.at, `'${text}': ${given} is the first address already`);
    else if (word !== undefined && !['last', 'libc', 'none'].includes(text))
      problems.error(word.at, `'${text}' is neither last, libc, none nor an IP address`);
  }
}

/** A word with an argument that changes nothing here. */
export function withoutEffect(
  name: string,
  example: string,
  why: string,
): {
  readonly example: string;
  apply(parameters: ServerParameters, cursor: Cursor, context: Context): void;
  readonly doc: string;
} {
  const hasValue = example.includes(' ');
  return {
    doc: `Accepted without effect: ${why}.`,
    example,
    apply(_parameters, cursor, { problems }) {
      const { at } = cursor;
      if (hasValue) cursor.need('a value');
      hasNoEffect(at, `server … ${name}`, why, problems);
    },
  };
}
