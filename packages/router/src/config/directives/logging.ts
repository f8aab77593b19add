/** Where log lines go and what they look like. */
import { compileFormat } from '../../sample/format.ts';
import { phases } from '../../sample/phase.ts';
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
      const [word, more] = cursor.rest();
      if (word === undefined) problems.error(cursor.at, "'log-format' needs a format string, or 'json'");
      else if (more !== undefined)
        problems.error(more.at, `unexpected '${more.text}': quote a format string that has blanks`);
      else if (word.text === 'json') draft.settings.logFormat = 'json';
      else {
        const context = { ...draft.scope.expressions, phase: phases.log };
        const format = compileFormat(word, context, { dash: true, http: false });
        if (format !== undefined) draft.settings.logFormat = { text: format.text, render: format.render };
      }
    },
  },
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
  tcplog: proxyValue(
    { sections: FRONT, doc: "Access lines in HAProxy's TCP format.", example: 'option tcplog' },
    () => 'tcplog' as const,
    (settings, format) => void (settings.logFormat = format),
  ),
} as const satisfies Record<string, ProxyDirective>;
