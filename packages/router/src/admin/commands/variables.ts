/** Variables of the process. Setting one is experimental in HAProxy. */
import { fileText } from '../../config/read.ts';
import { processValue } from '../../sample/process-value.ts';
import { textOf } from '../../sample/value.ts';
import { Problems } from '@headgate/shared/config/problem';
import type { Commands } from '../command.ts';
import type { Desk } from '../desk.ts';

const AT = { file: 'command', line: 1, column: 1 };
const SCOPE = /^(?:proc|sess|txn|req|res|check)\./;

export const variables = {
  'get var': {
    usage: '<name>',
    text: 'retrieve contents of a process-wide variable',
    level: 'operator',
    run([name], { router }) {
      if (name === undefined) return 'Missing process-wide variable identifier.\n';
      const found = name.startsWith('proc.') ? router.variables.get(name) : undefined;
      if (found === undefined) return 'Variable not found.\n';
      const { value } = found;
      const text = textOf(typeof value === 'boolean' ? Number(value) : value);
      const type = found.type !== 'addr' ? found.type : text.includes(':') ? 'ipv6' : 'ipv4';
      return `${name}: type=${type} value=<${type === 'bin' ? '...' : text}>`;
    },
  },
  'set var': {
    usage: '<name> [fmt|expr] {<fmt>|<expr>}',
    text: 'set variable from an expression or a format',
    level: 'admin',
    experimental: true,
    run: ([name, ...words], { router }) => set(name, words, router),
  },
  'experimental-mode': {
    usage: '[on|off]',
    text: 'allow the experimental commands (set var) on this connection',
    level: 'admin',
    run([mode], _desk, session) {
      if (mode === undefined) return `experimental-mode is ${session.experimental ? 'ON' : 'OFF'}\n`;
      session.experimental = mode === 'on';
      return '';
    },
  },
} as const satisfies Commands;

/** HAProxy's words for what is wrong, but of the expression. What has no value leaves the variable as it was; further words are not read. */
function set(name: string | undefined, [first, second]: readonly string[], router: Desk['router']): string {
  if (name === undefined) return 'Missing process-wide variable identifier.\n';
  if (first === undefined) return "Missing either 'expr', 'fmt' or expression.\n";
  const kind = second === undefined ? 'expr' : first;
  if (kind !== 'expr' && kind !== 'fmt')
    return `'set var': arg type must be either 'expr' or 'fmt' but got '${first}'.`;
  if (!SCOPE.test(name) || name.endsWith('.'))
    return `invalid variable name '${name}'. A variable name must be start by its scope. The scope can be 'proc', 'sess', 'txn', 'req', 'res' or 'check'`;
  if (!name.startsWith('proc.'))
    return `'set var': cannot set variable '${name}', only scope 'proc' is permitted here.`;
  const wrong = /[^A-Za-z0-9_.].*/.exec(name)?.[0];
  if (wrong !== undefined) return `invalid syntax at char '${wrong})'`;
  const problems = new Problems();
  const backends = [...router.backends.values()];
  const value = processValue({ text: second ?? first, at: AT }, kind, {
    problems,
    readFile: (path) => fileText(path),
    environment: (variable) => process.env[variable],
    names: {
      backends: backends.map(({ config }) => config.name),
      servers: backends.flatMap(({ servers }) => servers.map(({ key }) => key)),
      resolvers: [],
      caches: [],
      proxy: '',
    },
  });
  if (value === undefined || problems.hasErrors) return problems.list.map(({ message }) => message).join('\n');
  router.variables.set({ name, value });
  return '';
}
