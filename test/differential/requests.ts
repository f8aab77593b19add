/** Requests made of what the ACLs and rules of a configuration look at, and of what they do not. */

export interface Asked {
  readonly method: string;
  readonly target: string;
  readonly fields: readonly string[];
}

/** A number generator that gives the same numbers in every run. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return Math.floor((state / 0x8000_0000) * below);
  };
}

interface Values {
  readonly hosts: readonly string[];
  readonly paths: readonly string[];
  readonly fields: readonly string[];
  readonly methods: readonly string[];
}

/** Words after a fetch, up to one that cannot be a pattern. */
function patterns(words: readonly string[], from: number): readonly string[] {
  const found: string[] = [];
  for (let at = from; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word === '-m' || word === '-f' || word === '-u') at += 1;
    else if (word === '}' || word === 'if' || word === 'unless' || word === 'or' || word === '||') break;
    else if (!word.startsWith('-')) found.push(word.replaceAll(/["']/g, ''));
  }
  return found;
}

/** A text that a pattern, perhaps a regular expression, is likely to match. */
function sampleOf(pattern: string): string {
  return pattern
    .replaceAll(/\(\?:?i?\)|[\^$()?*+]/g, '')
    .replaceAll(/\[([^\]^])[^\]]*\]/g, '$1')
    .replaceAll(/\\([./-])/g, '$1')
    .replaceAll(/\\[wd]/g, '1')
    .replace(/\|.*$/, '');
}

function valuesOf(text: string): Values {
  const hosts = new Set(['a.test']);
  const paths = new Set(['/', '/index.html', '/a/b/c?x=1&y=2']);
  const fields = new Set<string>();
  const methods = new Set(['GET', 'GET', 'GET', 'POST', 'HEAD']);
  const serverCookies = [...text.matchAll(/^\s*server .* cookie (\S+)/gm)].map(([, value = '']) => value);
  for (const line of text.split('\n')) {
    const words = line.trim().split(/\s+/);
    for (const [at, word] of words.entries()) {
      const [, fetch = '', argument = ''] = /^!?\{?([a-z][a-z0-9_.-]*)(?:\(([^),]*)[^)]*\))?/i.exec(word) ?? [];
      const header = argument.toLowerCase().replaceAll(/["']/g, '');
      const texts = (): readonly string[] =>
        patterns(words, at + 1)
          .map(sampleOf)
          .filter((one) => one !== '' && /^[\x21-\x7e]+$/.test(one) && !/[{}$]/.test(one));
      if (/^(?:req\.|req_)?f?hdr/.test(fetch) && header === 'host')
        for (const one of texts()) hosts.add(one).add(`www.${one}`);
      else if (/^(?:req\.)?f?hdr/.test(fetch) && header !== '')
        for (const one of texts()) fields.add(`${argument}: ${one}`).add(`${argument}: x${one}`);
      else if (/^(?:path|url|capture\.req\.uri|base)/.test(fetch))
        for (const one of texts())
          paths
            .add(one.startsWith('/') ? one : `/${one}`)
            .add(`/x/${one.replace(/^\//, '')}`)
            .add(one.startsWith('/') ? `${one}/deep?q=1` : `/deep.${one.replace(/^\./, '')}`);
      else if (/^(?:req\.)?cook/.test(fetch) && header !== '')
        for (const one of [...texts(), 'y']) fields.add(`Cookie: ${argument}=${one}`);
      else if (/^url_?p(?:aram)?/.test(fetch) && header !== '')
        for (const one of [...texts(), 'z']) paths.add(`/p?${argument}=${one}`);
      else if (fetch === 'method')
        for (const one of patterns(words, at + 1)) if (/^[A-Z]+$/.test(one) && one !== 'CONNECT') methods.add(one);
    }
    const [, cookie, mode] = /^\s*cookie (\S+) (\S+)/.exec(line) ?? [];
    if (cookie !== undefined && mode !== undefined)
      for (const one of ['s1', 's2', 'unknown', '1', '2', ...serverCookies]) fields.add(`Cookie: ${cookie}=${one}`);
    const [, user, password] = /^\s*user (\S+) insecure-password (\S+)/.exec(line) ?? [];
    if (user !== undefined) fields.add(`Authorization: Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`);
  }
  for (const one of [
    'X-Forwarded-For: 192.0.2.1',
    'X-Forwarded-Proto: https',
    'Upgrade: websocket',
    'User-Agent: curl/8.0',
    'Referer: http://a.test/',
    'X-Debug: 1',
  ])
    fields.add(one);
  return { hosts: [...hosts], paths: [...paths], fields: [...fields], methods: [...methods] };
}

/** `count` requests for a configuration, the same in every run. */
export function requestsFor(text: string, count: number): readonly Asked[] {
  const { hosts, paths, fields, methods } = valuesOf(text);
  const next = random(7);
  const pick = (list: readonly string[]): string => list[next(list.length)] ?? '';
  return Array.from({ length: count }, (_, at) => {
    const method = pick(methods);
    const host = next(20) === 0 ? `${pick(hosts)}:8080` : pick(hosts);
    // Every host and every path is asked at least once, where there are enough requests.
    const target = at < paths.length ? (paths[at] ?? '/') : pick(paths);
    const own = [`Host: ${at < hosts.length ? (hosts[at] ?? '') : host}`];
    for (let more = next(3); more > 0; more -= 1) own.push(pick(fields));
    if (method === 'POST' || method === 'PUT' || method === 'PATCH') own.push('Content-Length: 0');
    const seen = new Set<string>();
    const unique = own.filter((field) => {
      const name = field.split(':', 1)[0]?.toLowerCase() ?? '';
      return seen.has(name) ? false : Boolean(seen.add(name));
    });
    return { method, target, fields: unique };
  });
}

export function bytesOf({ method, target, fields }: Asked): string {
  return `${method} ${target} HTTP/1.1\r\n${fields.map((field) => `${field}\r\n`).join('')}Connection: close\r\n\r\n`;
}
