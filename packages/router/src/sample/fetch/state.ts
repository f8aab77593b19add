/** Fetches of what the router is doing: backends, servers, the frontend (HAProxy manual §7.3.2). */
import type { BackendView, Load, RuntimeState, ServerView } from '../../model/state.ts';
import type { Evaluation } from '../../model/evaluation.ts';
import { optional, required } from '../arguments.ts';
import type { Args, Argument } from '../arguments.ts';
import { numberFetch, single, textFetch } from '../row.ts';
import type { AnyReading, Fetch } from '../row.ts';

const state = ['state'] as const;

const ownBackend: Argument = optional('backend', (name, { names }) =>
  names === undefined || name === '' || names.backends.includes(name)
    ? undefined
    : `names a backend that does not exist: '${name}'`,
);
const aServer: Argument = required('backend/server', (name, { names }) =>
  names === undefined || names.servers.includes(name) ? undefined : `names a server that does not exist: '${name}'`,
);

/** A number of a backend: of the one named, else of that of the request. */
function ofBackend(name: string, doc: string, read: (backend: BackendView, state: RuntimeState) => number): Fetch {
  return {
    type: 'sint',
    args: [ownBackend],
    reads: state,
    doc: `${doc}, of a backend or of that of the request.`,
    example: `${name}(apps)`,
    compile(args): AnyReading {
      const wanted = args.has(0) ? args.raw(0) : undefined;
      return single('number', (on: Evaluation) => {
        const backend = on.state?.backend(wanted);
        return backend === undefined || on.state === undefined ? undefined : read(backend, on.state);
      });
    },
  };
}

function serverOf(args: Args): (on: Evaluation) => ServerView | undefined {
  const name = args.raw(0);
  return (on) => on.state?.server(name);
}

function ofServer(name: string, doc: string, read: (server: ServerView, state: RuntimeState) => number): Fetch {
  return {
    type: 'sint',
    args: [aServer],
    reads: state,
    doc: `${doc} of a server.`,
    example: `${name}(apps/a)`,
    compile(args): AnyReading {
      const find = serverOf(args);
      return single('number', (on: Evaluation) => {
        const server = find(on);
        return server === undefined || on.state === undefined ? undefined : read(server, on.state);
      });
    },
  };
}

/** `be_server_timeout` and `cur_server_timeout`, and the same of tunnels. */
function timeoutFetches(
  which: 'server' | 'tunnel',
  field: 'serverTimeout' | 'tunnelTimeout',
): Readonly<Record<string, Fetch>> {
  const configured = (on: Evaluation): number | undefined => on.state?.backend()?.config.timeouts[which];
  return {
    [`be_${which}_timeout`]: numberFetch(
      {
        reads: state,
        doc: `\`timeout ${which}\` of the backend of the request in milliseconds, once it is chosen.`,
        example: `be_${which}_timeout`,
      },
      configured,
    ),
    [`cur_${which}_timeout`]: numberFetch(
      {
        reads: state,
        doc: `The same for this request, after \`set-timeout ${which}\`.`,
        example: `cur_${which}_timeout`,
      },
      (on) => on.steering?.[field] ?? configured(on),
    ),
  };
}

/** Usable servers: those that share the load, else the first of the backups, or all of them. */
export function usableServers({ servers, config }: BackendView): readonly ServerView[] {
  const usable = servers.filter((server) => server.usable);
  const active = usable.filter(({ config: own }) => !own.backup);
  if (active.length > 0) return active;
  return config.allBackups ? usable : usable.slice(0, 1);
}

const NOTHING: Load = { current: 0, queued: 0, sessions: 0, requests: 0, maxconn: 0, maxqueue: 0 };

/** What other workers have of it. */
function ofOthers({ others }: RuntimeState, part: string): Load {
  return others === undefined ? NOTHING : others(part);
}

/** What all workers have of it. */
function loadOf({ config, current, queued, counters }: BackendView, state: RuntimeState): Load {
  const others = ofOthers(state, `backend ${config.name}`);
  return {
    ...others,
    current: current + others.current,
    queued: queued + others.queued,
    sessions: counters.sessionRate.read(state.now) + others.sessions,
  };
}

/** The same of a server. */
function loadOfServer({ key, config, current, queued, counters }: ServerView, state: RuntimeState): Load {
  const others = ofOthers(state, `server ${key}`);
  return {
    ...others,
    current: current + others.current,
    queued: queued + others.queued,
    sessions: counters.sessionRate.read(state.now) + others.sessions,
    maxconn: config.maxconn + others.maxconn,
    maxqueue: config.maxqueue + others.maxqueue,
  };
}

/** All that waits in a backend. */
function waiting(backend: BackendView, state: RuntimeState): number {
  return backend.servers.reduce(
    (sum, server) => sum + loadOfServer(server, state).queued,
    loadOf(backend, state).queued,
  );
}

/** What is left of a limit of each usable server; -1 when one of them has no limit. */
function room(backend: BackendView, state: RuntimeState, ofOne: (load: Load) => number | undefined): number {
  let sum = 0;
  for (const server of backend.servers.filter(({ usable }) => usable)) {
    const left = ofOne(loadOfServer(server, state));
    if (left === undefined) return -1;
    sum += Math.max(0, left);
  }
  return sum;
}

function slots({ maxconn, current }: Load): number | undefined {
  return maxconn === 0 ? undefined : maxconn - current;
}

function places(load: Load): number | undefined {
  const free = slots(load);
  return free === undefined || load.maxqueue === 0 ? undefined : Math.max(0, free) + load.maxqueue - load.queued;
}

const FRONTEND: Argument = optional('frontend', (name, { names }) =>
  name === '' || names === undefined || name === names.proxy
    ? undefined
    : `can only count the frontend it is in; '${name}' is another one`,
);

function ofFrontend(
  name: string,
  doc: string,
  read: (load: Pick<Load, 'current' | 'sessions' | 'requests'>) => number,
): Fetch {
  return {
    type: 'sint',
    args: [FRONTEND],
    reads: state,
    doc: `${doc} of the frontend of the request.`,
    example: name,
    compile: () =>
      single('number', ({ state }: Evaluation) => {
        if (state === undefined) return undefined;
        const { name: frontend, connections, sessionRate, requestRate } = state.frontend;
        const others = ofOthers(state, `frontend ${frontend}`);
        return read({
          current: connections + others.current,
          sessions: sessionRate + others.sessions,
          requests: requestRate + others.requests,
        });
      }),
  };
}

export const stateFetches: Readonly<Record<string, Fetch>> = {
  nbsrv: ofBackend('nbsrv', 'Usable servers', (backend) => usableServers(backend).length),
  be_conn: ofBackend('be_conn', 'Requests now', (backend, state) => loadOf(backend, state).current),
  be_conn_free: ofBackend(
    'be_conn_free',
    'Slots left on usable servers, -1 when one has no maxconn',
    (backend, state) => room(backend, state, slots),
  ),
  be_sess_rate: ofBackend(
    'be_sess_rate',
    'Sessions in the last second',
    (backend, state) => loadOf(backend, state).sessions,
  ),
  queue: ofBackend('queue', 'Requests that wait, those for one server included', waiting),
  avg_queue: ofBackend('avg_queue', 'Requests that wait for each usable server, rounded up', (backend, state) => {
    const servers = usableServers(backend).length;
    return Math.ceil(waiting(backend, state) / Math.max(1, servers));
  }),
  connslots: ofBackend(
    'connslots',
    'Slots and places in queues that are left, -1 when a usable server has no maxconn or no maxqueue',
    (backend, state) => room(backend, state, places),
  ),
  be_name: textFetch(
    'str',
    { reads: state, doc: 'The backend of the request, once it is chosen.', example: 'be_name' },
    (on) => on.state?.backend()?.config.name,
  ),
  be_id: numberFetch(
    { reads: state, doc: 'The number of the backend of the request, once it is chosen.', example: 'be_id' },
    (on) => on.state?.backend()?.config.number,
  ),
  srv_name: textFetch(
    'str',
    { reads: state, doc: 'The server of the request, once it is chosen.', example: 'srv_name' },
    (on) => on.state?.server()?.config.name,
  ),
  srv_id: {
    type: 'sint',
    reads: state,
    doc: 'The number of the server of the request, once it is chosen.',
    example: 'srv_id',
    compile: () => single('number', (on: Evaluation) => on.state?.server()?.id),
  },
  srv_is_up: {
    type: 'bool',
    args: [aServer],
    reads: state,
    doc: 'Whether a server may be used: up, and not in maintenance.',
    example: 'srv_is_up(apps/a)',
    compile(args): AnyReading {
      const find = serverOf(args);
      return single('truth', (on: Evaluation) => {
        const server = find(on);
        return server === undefined ? undefined : server.operational === 'up' && server.administrative !== 'maint';
      });
    },
  },
  ...timeoutFetches('server', 'serverTimeout'),
  ...timeoutFetches('tunnel', 'tunnelTimeout'),
  prio_class: {
    type: 'sint',
    reads: state,
    doc: 'What `set-priority-class` made of the class of the request.',
    example: 'prio_class',
    compile: () => single('number', (on: Evaluation) => on.steering?.priorityClass),
  },
  prio_offset: {
    type: 'sint',
    reads: state,
    doc: 'What `set-priority-offset` made of its offset, in milliseconds.',
    example: 'prio_offset',
    compile: () => single('number', (on: Evaluation) => on.steering?.priorityOffset),
  },
  srv_conn: ofServer('srv_conn', 'Requests now', (server, state) => loadOfServer(server, state).current),
  srv_conn_free: ofServer(
    'srv_conn_free',
    'Slots left, -1 without maxconn,',
    (server, state) => slots(loadOfServer(server, state)) ?? -1,
  ),
  srv_queue: ofServer('srv_queue', 'Requests that wait', (server, state) => loadOfServer(server, state).queued),
  srv_sess_rate: ofServer(
    'srv_sess_rate',
    'Sessions in the last second',
    (server, state) => loadOfServer(server, state).sessions,
  ),
  srv_weight: ofServer('srv_weight', 'The weight now', ({ weight }) => weight),
  srv_uweight: ofServer('srv_uweight', 'The weight now', ({ weight }) => weight),
  srv_iweight: ofServer('srv_iweight', 'The configured weight', ({ config }) => config.weight),
  fe_conn: ofFrontend('fe_conn', 'Connections now', ({ current }) => current),
  fe_req_rate: ofFrontend('fe_req_rate', 'Requests in the last second', ({ requests }) => requests),
  fe_sess_rate: ofFrontend('fe_sess_rate', 'Connections in the last second', ({ sessions }) => sessions),
};
