/** The statistics page: `stats …` of proxies. */
import { isRealm } from '../../rules/challenge.ts';
import type { Cursor } from '@headgate/shared/config/cursor';
import { parseDuration } from '@headgate/shared/config/units';
import { compileHttpRequest } from '../../rules/compile.ts';
import type { Context, GlobalDirective, ProxyDirective } from '../directive.ts';
import type { ProxyDraft, StatsDraft } from '../draft.ts';
import { EVERYWHERE } from '../sections.ts';

export const DEFAULT_STATS_URI = '/haproxy?stats';
export const DEFAULT_STATS_REALM = 'HAProxy Statistics';

type Reader = (cursor: Cursor, stats: StatsDraft, draft: ProxyDraft, context: Context) => void;

const READERS: Readonly<Record<string, Reader>> = {
  enable: () => undefined,
  uri(cursor, stats) {
    const word = cursor.need('a path');
    if (word !== undefined) stats.uri = word.text;
  },
  auth(cursor, stats, _draft, { problems }) {
    const word = cursor.need('a user and a password: stats auth USER:PASSWORD');
    if (word === undefined) return;
    const colon = word.text.indexOf(':');
    const name = colon < 0 ? word.text : word.text.slice(0, colon);
    const password = colon < 0 ? '' : word.text.slice(colon + 1);
    if (password === '') problems.warning(word.at, `the user '${name}' has an empty password`);
    // As in HAProxy the first line of a user counts.
    if (!stats.users.some((user) => user.name === name)) stats.users.push({ name, password });
  },
  realm(cursor, stats, _draft, { problems }) {
    const word = cursor.need('a realm');
    if (word === undefined) return;
    if (!isRealm(word.text)) problems.error(word.at, 'a realm cannot hold control characters');
    else stats.realm = word.text;
  },
  refresh(cursor, stats, _draft, { problems }) {
    const word = cursor.need('an interval, for example 5s');
    if (word === undefined) return;
    // A number without a unit is in seconds here, unlike everywhere else.
    const parsed = parseDuration(/^\d+$/.test(word.text) ? `${word.text}s` : word.text);
    if ('value' in parsed) stats.refresh = parsed.value;
    else problems.error(word.at, `'stats refresh': ${parsed.error}`);
  },
  scope(cursor, stats) {
    const word = cursor.need("the name of a proxy, or '.' for this one");
    if (word !== undefined && !stats.scope.includes(word.text)) stats.scope.push(word.text);
  },
  admin(cursor, stats, draft, { problems }) {
    const { at } = cursor;
    const condition = cursor.rest();
    if (draft.kind === 'defaults') return problems.error(at, "'stats admin' is not allowed in 'defaults'");
    if (!['if', 'unless'].includes(condition[0]?.text ?? ''))
      return problems.error(at, "'stats admin' needs a condition: stats admin if TRUE, or if { src 10.0.0.0/8 }");
    const holds = draft.scope.condition(condition, at);
    if (holds !== undefined) stats.admin.push(holds);
  },
  'http-request'(cursor, stats, draft, { problems }) {
    const { at, statement } = cursor;
    const [stats_, keyword, ...rest] = statement.words;
    cursor.rest();
    if (draft.kind === 'defaults') return problems.error(at, "'stats http-request' is not allowed in 'defaults'");
    const rule = compileHttpRequest({ words: [keyword ?? stats_, ...rest] }, draft.scope, problems);
    if (rule !== undefined) stats.rules.push({ ...rule, text: `stats ${rule.text}` });
  },
  'hide-version': (_cursor, stats) => void (stats.hideVersion = true),
  'show-node'(cursor, stats, _draft, { problems }) {
    const word = cursor.next();
    stats.node = word?.text ?? '';
    if (word !== undefined && !/^[A-Za-z0-9_-]+$/.test(word.text))
      problems.error(word.at, `'${word.text}' cannot be the name of a node: use letters, digits, - and _`);
  },
  'show-desc'(cursor, stats) {
    stats.description = cursor
      .rest()
      .map(({ text }) => text)
      .join(' ');
  },
  'show-legends': (_cursor, stats) => void (stats.legends = true),
  'show-modules': (_cursor, stats) => void (stats.modules = true),
};

/** `global` keywords for those who watch. */
export const globalStatistics = {
  metrics: {
    doc: 'Metrics for Prometheus on an address of their own: `metrics ADDRESS:PORT [path PATH]` (default `/metrics`). `maxconn` does not count these connections. A word of ours; `http-request use-service prometheus-exporter` puts them on a path of a frontend. See [metrics](metrics.md).',
    example: 'metrics 127.0.0.1:9101',
    apply(cursor, draft) {
      const keyword = cursor.statement.words[0];
      const address = cursor.need('an address, for example 127.0.0.1:9101');
      const path = cursor.accept('path') ? cursor.need('a path') : undefined;
      if (address !== undefined) draft.metrics.push({ keyword, address, path });
      cursor.end();
    },
  },
} as const satisfies Record<string, GlobalDirective>;

export const statistics = {
  stats: {
    sections: EVERYWHERE,
    doc: 'The statistics page; any of these lines enables it: `stats enable`, `uri PREFIX` (default `/haproxy?stats`), `auth USER:PASSWORD` (repeatable), `realm TEXT`, `refresh INTERVAL`, `admin if|unless CONDITION`, `http-request ACTION … [if|unless CONDITION]`, `scope NAME|.` (repeatable), `hide-version`, `show-node [NAME]`, `show-desc [TEXT]`, `show-legends`, `show-modules`. A section with a `stats` line of its own inherits none from `defaults`. See [statistics](statistics.md).',
    example: 'stats enable\nstats uri /admin?stats\nstats refresh 10s\nstats auth admin:secret',
    strict: true,
    apply(cursor, draft, context) {
      const name = cursor.choice('stats parameter', Object.keys(READERS));
      if (name === undefined) return;
      READERS[name]?.(cursor, ownStats(draft), draft, context);
      const { done } = cursor;
      const [more] = cursor.rest();
      // HAProxy reads no further, and says nothing.
      if (more !== undefined)
        context.problems.warning(
          more.at,
          `'${more.text}' has no effect after '${done}': quote a value that has blanks`,
        );
    },
  },
} as const satisfies Record<string, ProxyDirective>;

/** What this section says; its first line leaves all behind that `defaults` said. */
function ownStats({ settings, at }: ProxyDraft): StatsDraft {
  if (settings.stats?.section !== at) settings.stats = { section: at, users: [], scope: [], admin: [], rules: [] };
  return settings.stats;
}
