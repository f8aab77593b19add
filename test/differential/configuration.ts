/**
 * Makes a configuration of the wild one that can run twice on this machine: HAProxy and the router get the same text, with ports of the
 * test's, servers that say who they are, and a log that is read. What is about TLS, files of a machine and processes is left out:
 * the rules, values, headers, stickiness and limits stay as they are.
 */

/** A listening address of the original, and the port it has here. */
export interface Entry {
  readonly proxy: string;
  readonly port: number;
}

export interface Prepared {
  readonly text: string;
  readonly entries: readonly Entry[];
  /** Whether it has a proxy in mode http that listens. */
  readonly usable: boolean;
}

export interface Ports {
  /** A free port. */
  next(): number;
  readonly log: number;
  /** Where the server of this name is. */
  server(name: string): number;
}

const SECTION =
  /^(global|defaults|frontend|backend|listen|userlist|peers|resolvers|mailers|cache|ring|program|http-errors|log-forward|fcgi-app)\b/;
const DROPPED_SECTIONS = new Set([
  'global',
  'peers',
  'resolvers',
  'mailers',
  'cache',
  'ring',
  'program',
  'log-forward',
  'fcgi-app',
]);
/** Lines about the machine, the process, checks and TLS, and those that reach another host. */
const DROPPED =
  /^(log |log-tag|option (?:httpchk|tcp-check|ssl-hello-chk|mysql-check|pgsql-check|redis-check|smtpchk|ldap-check|external-check|log-health-checks|tcpka|clitcpka|srvtcpka|splice|forwardfor-unknown)|http-check|tcp-check|default-server|server-template|external-check|bind-process|email-alert|source |stats socket|monitor-net|filter (?!compression)|errorfile|errorloc|load-server-state|use-fcgi-app|dispatch|option transparent|unique-id|timeout (?:connect|client|server|queue|http-request|check))/;
/** Parameters of a server that stay. */
const KEPT = ['cookie', 'weight', 'id'];
const FLAGS = ['backup', 'disabled'];

/** `mode` of each proxy is http unless it, or its defaults, say tcp: those are left out, there is nothing in them to compare. */
export function prepared(original: string, ports: Ports): Prepared {
  const sections = split(original);
  let defaultMode = 'tcp';
  const entries: Entry[] = [];
  const out: string[] = [`global`, '    maxconn 1000', '    nbthread 1', `    log 127.0.0.1:${ports.log} local0`, ''];
  for (const { title, lines } of sections) {
    const [kind = '', name = ''] = title.split(/\s+/);
    if (DROPPED_SECTIONS.has(kind)) continue;
    const mode = lines.findLast((line) => line.startsWith('mode '))?.split(/\s+/)[1] ?? defaultMode;
    if (kind === 'defaults') defaultMode = lines.findLast((line) => line.startsWith('mode '))?.split(/\s+/)[1] ?? 'tcp';
    const listens = kind === 'frontend' || kind === 'listen';
    if ((listens || kind === 'backend') && mode === 'tcp') continue;
    out.push(title.replace(/^(frontend|listen)(\s+\S+).*$/, '$1$2'));
    const proxied = kind !== 'userlist' && kind !== 'http-errors';
    if (proxied)
      out.push(
        ...[
          'log global',
          'timeout connect 5s',
          'timeout client 20s',
          'timeout server 20s',
          'timeout queue 5s',
          'timeout http-request 10s',
        ].map((line) => `    ${line}`),
      );
    if (listens || kind === 'backend') out.push('    mode http');
    let bound = false;
    for (const line of lines) {
      if (line.startsWith('mode ') && kind !== 'defaults') continue;
      if (line.startsWith('bind ')) {
        if (bound) continue;
        bound = true;
        const port = ports.next();
        entries.push({ proxy: name, port });
        out.push(`    bind 127.0.0.1:${port}`);
      } else if (line.startsWith('server ')) out.push(`    ${server(line, `${name}/${line.split(/\s+/)[1]}`, ports)}`);
      else if (line.startsWith('stick-table ')) out.push(`    ${line.replace(/ peers \S+/, '')}`);
      else if (!(proxied && DROPPED.test(line))) out.push(`    ${line}`);
    }
    out.push('');
  }
  return { text: out.join('\n'), entries, usable: entries.length > 0 };
}

function server(line: string, key: string, ports: Ports): string {
  const words = line.split(/\s+/);
  const kept = words.flatMap((word, at) =>
    KEPT.includes(word) ? [word, words[at + 1] ?? ''] : FLAGS.includes(word) ? [word] : [],
  );
  return ['server', words[1] ?? 's', `127.0.0.1:${ports.server(key)}`, ...kept].join(' ');
}

function split(text: string): readonly { readonly title: string; readonly lines: readonly string[] }[] {
  const sections: { title: string; lines: string[] }[] = [];
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    if (SECTION.test(line) && !/^\s/.test(raw)) sections.push({ title: line, lines: [] });
    else sections.at(-1)?.lines.push(line);
  }
  return sections;
}
