/** The algorithms that hash a part of the request. */
import type { Cursor } from '@headgate/shared/config/cursor';
import type { HashFunction } from '../../sample/hash.ts';
import type { HashAlgorithm } from './algorithm.ts';

/** `balance uri [whole] [path-only] [len N] [depth N]`: the same target goes to the same server. For caching servers. */
export const uri: HashAlgorithm = {
  free: false,
  syntax: { form: 'uri [whole] [len N] [depth N] [path-only]', options: readUri },
  key(args, hash) {
    const whole = args.includes('whole');
    const pathOnly = args.includes('path-only');
    const length = option(args, 'len');
    const depth = option(args, 'depth');
    return ({ target }) => {
      const start = pathOnly ? pathStart(target) : 0;
      return hash(target, start, hashedEnd(target, start, whole, length, depth));
    };
  },
};

function readUri(cursor: Cursor): readonly string[] {
  const args: string[] = [];
  for (;;) {
    if (cursor.accept('whole')) args.push('whole');
    else if (cursor.accept('path-only')) args.push('path-only');
    else if (cursor.accept('len')) args.push('len', String(cursor.integer('a length', 1, 65_535) ?? 1));
    else if (cursor.accept('depth')) args.push('depth', String(cursor.integer('a depth', 1, 65_535) ?? 1));
    else return args;
  }
}

function option(args: readonly string[], name: string): number {
  const at = args.indexOf(name);
  return at === -1 ? 0 : Number(args[at + 1]);
}

/** Where the path begins: after `scheme://authority` when the target has one. */
function pathStart(target: string): number {
  if (target.startsWith('/')) return 0;
  const scheme = target.indexOf('://');
  const slash = scheme === -1 ? -1 : target.indexOf('/', scheme + 3);
  return slash === -1 ? 0 : slash;
}

/** `len N` stops after N characters, `depth N` before slash N + 1, `whole` includes the query. 0 is no limit. */
function hashedEnd(target: string, start: number, whole: boolean, length: number, depth: number): number {
  const end = length > 0 ? Math.min(target.length, start + length) : target.length;
  let slashes = 0;
  for (let i = start; i < end; i++) {
    const code = target.charCodeAt(i);
    if (code === 0x3f && !whole) return i;
    if (code === 0x2f && depth > 0 && ++slashes > depth) return i;
  }
  return end;
}

/** Accepted and without effect, as in HAProxy since it reads bodies in any case. */
const CHECK_POST = 'check_post';

/** `balance url_param NAME [check_post]`: the same value of a parameter of the query, or else of the body of a POST, goes to the same server. */
export const urlParam: HashAlgorithm = {
  free: false,
  syntax: { form: 'url_param NAME [check_post]', options: readParameter },
  key([name = ''], hash) {
    const prefix = `${name}=`;
    return (facts) => {
      const { target } = facts;
      const start = valueStart(target, prefix, target.indexOf('?'));
      if (start !== -1) return hash(target, start, valueEnd(target, start));
      if (facts.method !== 'POST') return undefined;
      const body = facts.body?.().text ?? '';
      const inBody = body.startsWith(prefix) ? prefix.length : valueStart(body, prefix, body.indexOf('&'));
      const end = inBody === -1 ? -1 : formValueEnd(body, inBody);
      return end === -1 ? undefined : hash(body, inBody, end);
    };
  },
};

/** Where a value of a form ends. HAProxy looks at its first character only: a blank is an empty value, what is in no form (-1) none. */
function formValueEnd(body: string, start: number): number {
  const first = body.charAt(start);
  if (first === '' || /[& \t\r\n]/.test(first)) return start;
  return /[!#$%'*+.^_`|~0-9A-Za-z-]/.test(first) ? valueEnd(body, start) : -1;
}

function readParameter(cursor: Cursor): readonly string[] | undefined {
  const name = cursor.need('the name of a parameter');
  if (name === undefined) return undefined;
  if (!cursor.accept(CHECK_POST)) return [name.text];
  // How long to wait for a body was written here up to HAProxy 1.5; 'option http-buffer-request' has replaced it.
  if (/^\d+$/.test(cursor.peek()?.text ?? '')) cursor.next();
  return [name.text, CHECK_POST];
}

/** Where the value of the first parameter with this name begins, or -1; `before`: the sign before the first that is read. */
function valueStart(target: string, prefix: string, before: number): number {
  while (before !== -1) {
    if (target.startsWith(prefix, before + 1)) return before + 1 + prefix.length;
    before = target.indexOf('&', before + 1);
  }
  return -1;
}

function valueEnd(target: string, start: number): number {
  const end = target.indexOf('&', start);
  return end === -1 ? target.length : end;
}

/** `balance hdr(NAME) [use_domain_only]`: the same header value goes to the same server. */
export const hdr: HashAlgorithm = {
  free: false,
  syntax: {
    form: 'hdr(NAME) [use_domain_only]',
    argument: (name = '') =>
      name === '' ? "'balance hdr' needs the name of a header in brackets: hdr(host)" : undefined,
    options: (cursor) => (cursor.accept('use_domain_only') ? ['use_domain_only'] : []),
  },
  key([header = '', option], hash) {
    const name = header.toLowerCase();
    const domainOnly = option === 'use_domain_only';
    return (facts) => {
      const line = facts.header(name)[0] ?? '';
      const end = firstValueEnd(line);
      if (end === 0) return undefined;
      return domainOnly ? domainHash(line, end, hash) : hash(line, 0, end);
    };
  },
};

/** A line may list several values: the first ends at a comma, without the blanks before it. */
function firstValueEnd(line: string): number {
  const comma = line.indexOf(',');
  let end = comma === -1 ? line.length : comma;
  while (end > 0 && (line[end - 1] === ' ' || line[end - 1] === '\t')) end--;
  return end;
}

/** `www.example.org` → `example`: the label before the last dot; everything when there is none. */
function domainHash(line: string, end: number, hash: HashFunction): number {
  const dot = line.lastIndexOf('.', end - 1);
  const start = dot > 0 ? line.lastIndexOf('.', dot - 1) + 1 : 0;
  return dot > start ? hash(line, start, dot) : hash(line, 0, end);
}

/** `balance hash EXPRESSION`: one value of a sample expression, one server. */
export const hash: HashAlgorithm = {
  free: false,
  syntax: { form: 'hash EXPRESSION' },
  key: (_args, hashed, expression) => (_facts, on) => {
    const value = on === undefined ? undefined : expression?.(on);
    return value === undefined ? undefined : hashed(value);
  },
};
