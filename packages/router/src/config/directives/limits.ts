/** Limits on connections and heads, of the process and of proxies. */
import { globalValue, proxyValue } from '../directive.ts';
import type { GlobalDirective, ProxyDirective } from '../directive.ts';
import { BACK, FRONT } from '../sections.ts';

const MOST_PER_SECOND = 10_000_000;

export const globalLimits = {
  maxconn: globalValue(
    {
      doc: 'Client connections in the whole process; further ones wait, accepted and not read, at most 4096 at each address. Default: as many as the limit of open files leaves room for. One that the limit cannot carry stops the start.',
      example: 'maxconn 4096',
    },
    (cursor) => cursor.integer('a number of connections', 1, 10_000_000),
    (draft, value) => void (draft.maxconn = value),
  ),
  maxconnrate: globalValue(
    {
      doc: 'New client connections per second in the whole process; further ones wait as they do for `maxconn`. 0, the default, is no limit.',
      example: 'maxconnrate 500',
    },
    (cursor) => cursor.integer('a number of connections', 0, MOST_PER_SECOND),
    (draft, value) => void (draft.connectionRate = value),
  ),
  maxsessrate: globalValue(
    {
      doc: 'New sessions per second in the whole process: connections that the `tcp-request connection` rules let in. Further ones wait. 0, the default, is no limit.',
      example: 'maxsessrate 500',
    },
    (cursor) => cursor.integer('a number of sessions', 0, MOST_PER_SECOND),
    (draft, value) => void (draft.sessionRate = value),
  ),
  'tune.bufsize': globalValue(
    {
      doc: 'With tune.maxrewrite, bounds a request or response head, in bytes: bufsize - maxrewrite, together 15360 where neither is given.',
      example: 'tune.bufsize 16384',
      default: 16_384,
    },
    (cursor) => cursor.size('a size in bytes'),
    (draft, value) => void (draft.bufsize = value),
  ),
  'tune.http.maxhdr': globalValue(
    {
      doc: 'Most lines of a head, the first line included; a longer one is refused.',
      example: 'tune.http.maxhdr 101',
      default: 101,
    },
    (cursor) => cursor.integer('a number of lines', 2, 32_767),
    (draft, value) => void (draft.maxHeadLines = value),
  ),
  'tune.maxrewrite': globalValue(
    {
      doc: 'The part of tune.bufsize that heads may not use, in bytes.',
      example: 'tune.maxrewrite 1024',
      default: 1024,
    },
    (cursor) => cursor.size('a size in bytes'),
    (draft, value) => void (draft.maxrewrite = value),
  ),
} as const satisfies Record<string, GlobalDirective>;

export const limits = {
  backlog: proxyValue(
    {
      sections: FRONT,
      skipped: true,
      doc: 'Connections the kernel keeps until they are accepted; never more than net.core.somaxconn. 0 is the default.',
      example: 'backlog 1024',
      default: 4096,
    },
    (cursor) => cursor.integer('a number of connections', 0, 65_535),
    (settings, value) => void (settings.backlog = value),
  ),
  fullconn: proxyValue(
    {
      sections: BACK,
      skipped: true,
      doc: 'Load at which servers with `minconn` reach their `maxconn`. Default: a tenth of the maxconn of the frontends.',
      example: 'fullconn 1000',
    },
    (cursor) => cursor.integer('a number of requests', 1, 10_000_000),
    (settings, value) => void (settings.fullconn = value),
  ),
  maxconn: proxyValue(
    {
      sections: FRONT,
      skipped: true,
      doc: 'Client connections of this frontend; further ones wait as they do for the global limit. Default: only the global limit.',
      example: 'maxconn 2000',
    },
    (cursor) => cursor.integer('a number of connections', 0, 10_000_000),
    (settings, value) => void (settings.maxconn = value),
  ),
  'rate-limit': proxyValue(
    {
      sections: FRONT,
      doc: 'New sessions per second of this frontend: `rate-limit sessions N`; further ones wait as they do for `maxconn`. For a limit per client use a stick table. 0, the default, is no limit.',
      example: 'rate-limit sessions 100',
    },
    (cursor) => {
      const what = cursor.choice('word', ['sessions'] as const);
      return what === undefined ? undefined : cursor.wholeInteger('a number of sessions', 0, MOST_PER_SECOND);
    },
    (settings, value) => void (settings.sessionRate = value),
  ),
} as const satisfies Record<string, ProxyDirective>;
