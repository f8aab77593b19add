import { SUMMARY as explaining } from '../explain/summary.ts';

/** What `--help` says of each command; apart from the commands, which are loaded when they are run. */
export const SUMMARIES = {
  ctl: 'send a command to the running router: show info, reload, set server apps/web1 state drain',
  deploy: 'move a server to a new address: check it, switch, finish what is open, report',
  doctor: 'look at servers, addresses, timeouts and limits as they are now, and say what to do',
  explain: explaining,
  import: 'print a haproxy.cfg as YAML; unsupported lines become comments with the reason',
  top: 'watch frontends, backends, servers and tunnels of the running router',
} as const;
