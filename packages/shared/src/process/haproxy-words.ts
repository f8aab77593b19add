/** Words of HAProxy's command line, as its service files, containers and scripts have them (management guide §3). */

/** Debug mode stays in the foreground too; what it prints is the job of logs here. */
const FOREGROUND: ReadonlySet<string> = new Set(['-db', '-d']);

/** Nothing to do: the process is as the word asks anyway, or has no such thing. */
const IDLE: ReadonlySet<string> = new Set([
  // Master and workers: `workers` in the configuration says how many; readiness is reported where systemd asks for it.
  '-W',
  '-Ws',
  // Pollers, splicing, memory pools and address look-ups of HAProxy.
  '-de',
  '-dp',
  '-dS',
  '-dG',
  '-dr',
  '-dM',
]);

/** Words with a value that has no effect: the name among peers. */
const WITH_IDLE_VALUE: ReadonlySet<string> = new Set(['-L']);

/** What cannot be accepted in silence, and what to do instead. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  ['-sf', "a reload keeps the process: send it SIGHUP, or use 'ctl reload'"],
  ['-st', "a reload keeps the process: send it SIGHUP, or use 'ctl reload'"],
  ['-x', 'a new version gets the sockets with SIGPWR (docs/operations.md)'],
  ['-C', "write 'cd DIR' before the command"],
  ['-n', "write 'maxconn' in 'global'"],
  ['-N', "write 'maxconn' in 'defaults'"],
  ['-m', "limit memory from outside: systemd's MemoryMax=, or a container's limit"],
  ['-S', "write 'stats socket' in 'global'"],
  ['-dV', "write 'verify none' at the servers that it is for"],
]);

/** A command line without HAProxy's words, or why one of them is refused. */
export function readHaproxyWords(argv: readonly string[]): { readonly args: string[] } | { readonly refused: string } {
  const args: string[] = [];
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] ?? '';
    const instead = REFUSED.get(word);
    if (instead !== undefined) return { refused: `not supported: HAProxy's '${word}': ${instead}` };
    if (WITH_IDLE_VALUE.has(word)) at += 1;
    else if (!IDLE.has(word)) args.push(FOREGROUND.has(word) ? '--foreground' : word);
  }
  return { args };
}
