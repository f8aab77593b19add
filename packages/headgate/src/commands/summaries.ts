/** What `--help` says of each command; apart from the commands, which are loaded when they are run. */
export const SUMMARIES = {
  doctor: 'look at certificates, both halves, servers, timeouts and limits as they are now, and say what to do',
  import: 'turn a haproxy.cfg into YAML: one file for both halves, or with --out a file for each',
} as const;
