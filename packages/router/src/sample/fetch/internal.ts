import { isIPv4, isIPv6 } from 'node:net';
import type { Sint } from '../../model/values.ts';
import { anyText, integer, oneOf, optional, positive, required, variable } from '../arguments.ts';
import { addressBytes, addressText } from '../address.ts';
import { numberFetch, single, textFetch, truthFetch } from '../row.ts';
import type { Fetch, Kind, Kinds, Reading } from '../row.ts';
import { bytesOf, leadingInteger, typed } from '../value.ts';

const clock = ['clock'] as const;

/** The time since 1970 in a unit, `offset` of the same unit later. */
function moment(now: number, offset: number, unit: string): Sint {
  if (unit === 'us') return now + offset;
  if (unit === 'ms') return Math.floor(now / 1000) + offset;
  return Math.floor(now / 1_000_000) + offset;
}

/** Fetches of the process, the clock, randomness, variables, and constants (HAProxy manual §7.3.2). */
export const internal: Readonly<Record<string, Fetch>> = {
  always_true: truthFetch({ reads: [], doc: 'True.', example: 'always_true' }, () => true),
  always_false: truthFetch({ reads: [], doc: 'False.', example: 'always_false' }, () => false),
  str: {
    type: 'str',
    args: [required('text', anyText)],
    reads: [],
    doc: 'A constant string.',
    example: 'str(blue)',
    compile: (args) => constant('text', args.text(0)),
  },
  bin: {
    type: 'bin',
    args: [
      required('hex', (text) =>
        /^(?:[0-9a-f]{2})+$/i.test(text) ? undefined : `'${text}' is not an even number of hexadecimal digits`,
      ),
    ],
    reads: [],
    doc: 'A constant of bytes, as hexadecimal digits.',
    example: 'bin(0d0a)',
    compile: (args) => constant('text', Buffer.from(args.text(0), 'hex').toString('latin1')),
  },
  int: {
    type: 'sint',
    args: [required('integer', (text) => (/^[+-]?\d{1,19}$/.test(text) ? undefined : `'${text}' is not an integer`))],
    reads: [],
    doc: 'A constant integer.',
    example: 'int(42)',
    compile: (args) => constant('number', leadingInteger(args.text(0))),
  },
  bool: {
    type: 'bool',
    args: [required('boolean', oneOf('true', 'false', '0', '1'))],
    reads: [],
    doc: 'A constant: true, false, 1 or 0.',
    example: 'bool(true)',
    compile: (args) => constant('truth', ['true', '1'].includes(args.text(0))),
  },
  ipv4: {
    type: 'addr',
    args: [required('address', (text) => (isIPv4(text) ? undefined : `'${text}' is not an IPv4 address`))],
    reads: [],
    doc: 'A constant IPv4 address.',
    example: 'ipv4(192.0.2.1)',
    compile: (args) => constant('text', args.text(0)),
  },
  ipv6: {
    type: 'addr',
    args: [
      required('address', (text) =>
        isIPv6(text) && !text.includes('%') ? undefined : `'${text}' is not an IPv6 address`,
      ),
    ],
    reads: [],
    doc: 'A constant IPv6 address.',
    example: 'ipv6(2001:db8::1)',
    compile: (args) => constant('text', addressText(addressBytes(args.text(0)) ?? Buffer.alloc(16))),
  },
  meth: {
    type: 'meth',
    args: [required('method', anyText)],
    reads: [],
    doc: 'A constant method.',
    example: 'meth(GET)',
    compile: (args) => constant('text', args.text(0)),
  },
  env: {
    type: 'str',
    args: [required('name', anyText)],
    reads: [],
    doc: 'An environment variable, as it was when the configuration was read; no value when it is not set.',
    example: 'env(HOSTNAME)',
    compile(args) {
      const text = args.context.environment?.(args.raw(0));
      const value = text === undefined ? undefined : bytesOf(text);
      return single('text', () => value);
    },
  },
  var: {
    type: 'any',
    args: [required('variable', variable), optional('default', anyText)],
    reads: ['variables'],
    doc: 'A variable of the scope proc, sess, txn, req or res; a default when it is not set.',
    example: 'var(txn.tenant,none)',
    compile(args) {
      const name = args.text(0);
      const otherwise = args.count > 1 ? typed('str', args.text(1)) : undefined;
      return single('typed', (on) => on.variables?.get(name) ?? otherwise);
    },
  },
  date: {
    type: 'sint',
    args: [optional('offset', integer), optional('unit', oneOf('s', 'ms', 'us'))],
    reads: clock,
    doc: 'The time in seconds since 1970 (or ms, us), plus an offset in the same unit.',
    example: 'date(3600),http_date',
    compile(args) {
      const offset = args.number(0);
      const unit = args.text(1, 's');
      return single('number', (on) => moment(on.world.now(), offset, unit));
    },
  },
  date_us: numberFetch(
    { reads: clock, doc: 'The microseconds of the current second.', example: 'date_us' },
    (on) => on.world.now() % 1_000_000,
  ),
  'unique-id': textFetch(
    'str',
    { reads: ['state'], doc: 'What `unique-id-format` gives this request.', example: 'unique-id' },
    (on) => on.uniqueId,
  ),
  rand: {
    type: 'sint',
    args: [optional('range', positive)],
    reads: ['random'],
    doc: 'A random integer below the range (default 2^32), different for each request.',
    example: 'rand(100)',
    compile(args) {
      const range = args.number(0, 2 ** 32);
      return single('number', (on) => Math.floor(on.world.random() * range));
    },
  },
  uuid: {
    type: 'str',
    args: [optional('version', oneOf('4'))],
    reads: ['random'],
    doc: 'A random UUID (RFC 4122, version 4).',
    example: 'uuid',
    compile: () => single('text', (on) => uuid(() => on.world.random())),
  },
  hostname: textFetch(
    'str',
    { reads: [], doc: 'The name of the machine.', example: 'hostname' },
    (on) => on.world.hostname,
  ),
  stopping: truthFetch(
    { reads: ['state'], doc: 'Whether the process is stopping: it finishes what is open.', example: 'stopping' },
    (on) => on.world.stopping?.() ?? false,
  ),
  last_rule_file: textFetch(
    'str',
    {
      reads: ['state'],
      doc: 'The file of the last rule that ended the evaluation of its list (deny, return, allow, accept…), for log lines; no value when none did.',
      example: 'last_rule_file',
    },
    (on) => on.lastRule?.file,
  ),
  last_rule_line: numberFetch(
    { reads: ['state'], doc: 'The line of that rule in its file.', example: 'last_rule_line' },
    (on) => on.lastRule?.line,
  ),
  nbproc: numberFetch(
    { reads: [], doc: 'The number of worker processes.', example: 'nbproc' },
    (on) => on.world.processes,
  ),
  proc: numberFetch(
    { reads: [], doc: 'The number of this worker process, from 1.', example: 'proc' },
    (on) => on.world.process,
  ),
  thread: numberFetch(
    { reads: [], doc: 'Always 0, the first: there is one thread in each process.', example: 'thread' },
    () => 0,
  ),
};

function constant<K extends Kind>(kind: K, value: Kinds[K]): Reading<K> {
  return single(kind, () => value);
}

function uuid(random: () => number): string {
  const bytes = Buffer.from(Array.from({ length: 16 }, () => Math.floor(random() * 256)));
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
