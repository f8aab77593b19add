/** Where log lines go and what they look like. */
import { compileFormat } from '../../sample/format.ts';
import { phases } from '../../sample/phase.ts';
import type { Phase } from '../../sample/phase.ts';
import type { Cursor } from '@headgate/shared/config/cursor';
import type { OwnLogFormat } from '../../model/snapshot.ts';
import type { ProxyDraft, Settings } from '../draft.ts';
import type { Context } from '../directive.ts';
import { globalValue, proxyValue } from '../directive.ts';
import type { GlobalDirective, ProxyDirective } from '../directive.ts';
import { readLogTarget } from '../log-target.ts';
import { EVERYWHERE, FRONT } from '../sections.ts';

export const globalLogging = {
  log: globalValue(
    {
      doc: "A receiver of logs, for proxies that say `log global`; written as the proxies' own `log`.",
      example: 'log 127.0.0.1:514 local0 info',
    },
    readLogTarget,
    (draft, target) => void draft.log.push(target),
  ),
  'log-tag': globalValue(
    { doc: 'The program name in syslog lines.', example: 'log-tag router', default: 'router' },
    (cursor) => cursor.need('a name'),
    (draft, { text }) => void (draft.logTag = text),
  ),
} as const satisfies Record<string, GlobalDirective>;

/** The one word of a statement, as a format string; undefined after a problem. */
function readFormat(
  cursor: Cursor,
  draft: ProxyDraft,
  problems: Context['problems'],
  phase: Phase,
): OwnLogFormat | undefined {
  const { done, at } = cursor;
  const [word, more] = cursor.rest();
  if (word === undefined || word.text === '') problems.error(at, `'${done}' needs a format string`);
  else if (more !== undefined)
    problems.error(more.at, `unexpected '${more.text}': quote a format string that has blanks`);
  else {
    const dash = phase === phases.log;
    const format = compileFormat(word, { ...draft.scope.expressions, phase }, { dash, http: false });
    return format === undefined ? undefined : { text: format.text, reads: format.reads, render: format.render };
  }
  return undefined;
}

/** A keyword whose value is a format string. */
function formatDirective(
  doc: string,
  example: string,
  phase: Phase,
  set: (settings: Settings, format: OwnLogFormat) => void,
): ProxyDirective {
  return {
    sections: FRONT,
    doc,
    example,
    apply(cursor, draft, { problems }) {
      const format = readFormat(cursor, draft, problems, phase);
      if (format !== undefined) set(draft.settings, format);
    },
  };
}

export const logging = {
  log: {
    sections: EVERYWHERE,
    doc: 'A receiver of logs: `log ADDRESS [len N] [format F] FACILITY [LEVEL [MINLEVEL]]`. The address is `host[:514]` (UDP), a unix socket, `file:/path`, `stdout` or `stderr`; the format `local`, `rfc3164`, `rfc5424`, `short` or `raw`. `log global` takes those of the global section. `no log` drops inherited ones.',
    example: 'log 127.0.0.1 local1',
    apply(cursor, draft, context) {
      if (cursor.accept('global')) draft.settings.logGlobal = true;
      else {
        const target = readLogTarget(cursor, context);
        if (target !== undefined) draft.settings.log.push(target);
      }
      cursor.end();
    },
    negate(draft) {
      draft.settings.logGlobal = false;
      draft.settings.log = [];
    },
  },
  'log-format': {
    sections: FRONT,
    doc: 'Access lines of your own: one format string with aliases (`%ci`, `%r`, `%ST`) and expressions (`%[req.hdr(host)]`), character for character as HAProxy writes it. `json`, a word of ours: access lines are JSON objects.',
    example: 'log-format "%ci:%cp [%tr] %ft %b/%s %ST %B %{+Q}r"',
    apply(cursor, draft, { problems }) {
      if (cursor.peek()?.text === 'json') {
        cursor.next();
        cursor.end();
        draft.settings.logFormat = 'json';
        return;
      }
      const format = readFormat(cursor, draft, problems, phases.log);
      if (format !== undefined) draft.settings.logFormat = format;
    },
  },
  'log-format-sd': formatDirective(
    'The structured data of access lines in format rfc5424, a format string like `log-format`.',
    'log-format-sd "[exampleSDID@1234 bytes=\\"%B\\" status=\\"%ST\\"]"',
    phases.log,
    (settings, format) => void (settings.logStructured = format),
  ),
  'error-log-format': formatDirective(
    'Access lines of connections whose request could not be read, a format string like `log-format`.',
    'error-log-format "%ci:%cp [%tr] %ft %ST"',
    phases.log,
    (settings, format) => void (settings.errorLogFormat = format),
  ),
  'unique-id-format': formatDirective(
    'An id for each request, for `%ID`, `unique-id` and `unique-id-header`: a format string, made when it is first asked for.',
    'unique-id-format "%{+X}o%ci:%cp_%fi:%fp_%Ts_%rt:%pid"',
    phases.request,
    (settings, format) => void (settings.uniqueId = format),
  ),
  'unique-id-header': proxyValue(
    {
      sections: FRONT,
      doc: 'The header that tells servers the unique id of a request.',
      example: 'unique-id-header X-Unique-ID',
    },
    (cursor) => cursor.need('the name of a header'),
    (settings, { text }) => void (settings.uniqueIdHeader = text),
  ),
  'log-tag': proxyValue(
    {
      sections: EVERYWHERE,
      doc: "The program name in this proxy's syslog lines. Default: the global one.",
      example: 'log-tag shop',
    },
    (cursor) => cursor.need('a name'),
    (settings, { text }) => void (settings.logTag = text),
  ),
} as const satisfies Record<string, ProxyDirective>;

export const logOptions = {
  httplog: proxyValue(
    {
      sections: FRONT,
      doc: "Access lines in HAProxy's HTTP format; `clf` for the Common Log Format.",
      example: 'option httplog',
    },
    (cursor) => (cursor.accept('clf') ? 'httplog-clf' : 'httplog'),
    (settings, format) => void (settings.logFormat = format),
  ),
  httpslog: proxyValue(
    {
      sections: FRONT,
      doc: "Access lines in HAProxy's HTTPS format: httplog, and what the terminator said of the TLS connection.",
      example: 'option httpslog',
    },
    () => 'httpslog' as const,
    (settings, format) => void (settings.logFormat = format),
  ),
  tcplog: proxyValue(
    { sections: FRONT, doc: "Access lines in HAProxy's TCP format.", example: 'option tcplog' },
    () => 'tcplog' as const,
    (settings, format) => void (settings.logFormat = format),
  ),
} as const satisfies Record<string, ProxyDirective>;
