import { dirname } from 'node:path';
import type { Problems } from '@headgate/shared/config/problem';
import type { Position, Word } from '@headgate/shared/config/raw';
import { nearest } from '@headgate/shared/config/suggest';
import { facilities } from '@headgate/shared/log/facility';
import { severities } from '@headgate/shared/log/severity';
import { explainUnixSocket } from '@headgate/shared/log/unix-sink';
import { readAddress } from './address.ts';
import type { Cursor } from '@headgate/shared/config/cursor';
import type { CompileIo, Context, FileKind } from './directive.ts';
import type { LogTarget } from '../model/snapshot.ts';

const FORMATS: readonly LogTarget['format'][] = ['local', 'rfc3164', 'rfc5424', 'short', 'raw'];
const FORMATS_NOT_YET = ['priority', 'timed', 'iso'];
const STREAMS = ['stdout', 'stderr'];
const SYSLOG_PORT = 514;
const DEFAULT_LENGTH = 1024;

/** The tag is left empty: resolve.ts fills in the proxy's or the global one. */
export function readLogTarget(cursor: Cursor, context: Pick<Context, 'problems' | 'io'>): LogTarget | undefined {
  const { problems } = context;
  const address = cursor.need('an address and a facility');
  if (address === undefined) return undefined;
  const transport = readTransport(address, context);
  let maxLength = DEFAULT_LENGTH;
  // Files contain plain lines, without syslog priorities.
  let format: LogTarget['format'] = transport?.kind === 'file' ? 'raw' : 'local';
  for (;;) {
    if (cursor.accept('len')) maxLength = cursor.integer('a number of bytes', 80, 65_535) ?? maxLength;
    else if (cursor.accept('format')) format = cursor.choice('log format', FORMATS, FORMATS_NOT_YET) ?? format;
    else break;
  }
  const profile = cursor.peek();
  if (profile?.text === 'profile') {
    problems.error(profile.at, "not supported yet: 'log … profile'");
    cursor.rest();
    return undefined;
  }
  const sample = cursor.accept('sample')
    ? readSample(cursor.need('ranges and a size, for example 1:10'), problems)
    : undefined;
  if (sample === 'wrong') {
    cursor.rest();
    return undefined;
  }
  const facility = cursor.choice('facility', facilities);
  const maxSeverity = cursor.peek() === undefined ? 'debug' : cursor.choice('level', severities);
  const minSeverity = cursor.peek() === undefined ? 'emerg' : cursor.choice('level', severities);
  if (transport === undefined || facility === undefined || maxSeverity === undefined || minSeverity === undefined)
    return undefined;
  return {
    at: address.at,
    transport,
    format,
    facility: facilities.indexOf(facility),
    maxSeverity,
    minSeverity,
    maxLength,
    tag: '',
    ...(sample === undefined ? {} : { sample }),
  };
}

/** `1:10`, `1,3-5:10`: ranges in ascending order that do not overlap, and the number of lines they are of. */
function readSample(word: Word | undefined, problems: Problems): LogTarget['sample'] | 'wrong' {
  if (word === undefined) return 'wrong';
  const [, list = '', size = ''] = /^([\d,-]+):(\d{1,9})$/.exec(word.text) ?? [];
  const ranges = list.split(',').map((range): readonly [number, number] => {
    const [, low, high] = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(range) ?? [];
    return [Number(low), Number(high ?? low)];
  });
  const sound = ranges.every(
    ([low, high], at) => low >= 1 && low <= high && high <= Number(size) && low > (ranges[at - 1]?.[1] ?? 0),
  );
  if (list !== '' && sound) return { ranges, size: Number(size) };
  problems.error(
    word.at,
    `'${word.text}' is not a sample: ranges in ascending order and a size, for example 1:10 or 1,3-5:10`,
  );
  return 'wrong';
}

function readTransport(word: Word, context: Pick<Context, 'problems' | 'io'>): LogTarget['transport'] | undefined {
  const { problems } = context;
  const { fileKind } = context.io;
  const { text, at } = word;
  if (text === 'stdout' || text === 'fd@1') return { kind: 'stdout' };
  if (text === 'stderr' || text === 'fd@2') return { kind: 'stderr' };
  if (text.startsWith('file:')) return readFile(text.slice(5), at, problems, fileKind);
  const notYet = /^(?:(?:ring|tcp[46]?|backend|uxst)@|stream\+)/.exec(text);
  if (notYet !== null) {
    problems.error(
      at,
      `not supported yet: logs to ${notYet[0]} (a syslog receiver on UDP or a unix socket, 'stdout' or file:PATH)`,
    );
    return undefined;
  }
  const address = readAddress(word, context, { datagrams: true })?.address;
  if (address === undefined) return undefined;
  if (address.kind === 'unix') {
    const lost = explainUnixSocket(address.path);
    if (lost !== undefined) problems.warning(at, lost);
    else if (fileKind !== undefined) checkSocket(address.path, fileKind(address.path), at, problems);
    return address;
  }
  const near = address.kind === 'tcp' && address.port === undefined ? nearest(text, STREAMS) : undefined;
  if (near !== undefined) {
    problems.error(at, `'${text}' is no receiver of logs`, near);
    return undefined;
  }
  if (address.kind === 'tcp' && address.host !== '' && address.last === undefined)
    return { kind: 'udp', host: address.host, port: address.port ?? SYSLOG_PORT };
  problems.error(at, address.kind === 'error' ? address.message : `'${text}' is not an address to send logs to`);
  return undefined;
}

/** As in HAProxy, what is no socket loses every line; /dev/stdout is what it should not be written as. */
function checkSocket(path: string, kind: FileKind, at: Position, problems: Problems): void {
  if (kind === 'none')
    problems.warning(
      at,
      `there is no socket ${path}: its lines are lost until a program listens there`,
      `file:${path}`,
    );
  else if (kind !== 'socket')
    problems.warning(
      at,
      `${path} is ${kind === 'folder' ? 'a folder' : 'a file'} and not a socket: its lines are lost`,
      path === '/dev/stdout' || path === '/dev/stderr' ? path.slice(5) : kind === 'file' ? `file:${path}` : undefined,
    );
}

/** `file:/var/log/router.log`: our own, HAProxy has no log files. */
function readFile(
  path: string,
  at: Position,
  problems: Problems,
  fileKind: CompileIo['fileKind'],
): LogTarget['transport'] | undefined {
  if (!path.startsWith('/')) {
    problems.error(at, `a log file needs an absolute path, as in file:/var/log/router.log; this is '${path}'`);
    return undefined;
  }
  const kind = fileKind?.(path) ?? 'none';
  if (kind !== 'none' && kind !== 'file') {
    problems.error(at, `${path} is not a regular file: it cannot be a log file`);
    return undefined;
  }
  if (kind === 'none' && fileKind !== undefined && fileKind(dirname(path)) !== 'folder')
    problems.warning(at, `the folder of ${path} does not exist: its lines are lost until it does`);
  return { kind: 'file', path };
}
