import type { Evaluation } from '../../model/evaluation.ts';
import { numberFetch, textFetch, truthFetch } from '../row.ts';
import type { Fetch } from '../row.ts';
import { bytesOf } from '../value.ts';

/** HAProxy's words for a connection with which nothing is wrong. */
export const SUCCESS = 'Success';

const reads = ['connection'] as const;
const entrance = ['entrance'] as const;

/** Fetches of the connection: available before there is a request (HAProxy manual §7.3.3). An empty address is a unix socket's: no value. */
export const connection: Readonly<Record<string, Fetch>> = {
  src: textFetch(
    'addr',
    { reads, doc: 'The client: from an accepted PROXY header, else the peer.', example: 'src' },
    (on) => on.connection.client.address || undefined,
  ),
  src_port: numberFetch({ reads, doc: "The client's port.", example: 'src_port' }, (on) => on.connection.client.port),
  dst: textFetch(
    'addr',
    {
      reads,
      doc: 'The address the client connected to: from an accepted PROXY header, else the local one.',
      example: 'dst',
    },
    (on) => on.connection.destination.address || undefined,
  ),
  dst_port: numberFetch(
    { reads, doc: 'The port the client connected to.', example: 'dst_port' },
    (on) => on.connection.destination.port,
  ),
  fc_src: textFetch(
    'addr',
    { reads, doc: 'The peer of the TCP connection, whatever a PROXY header says.', example: 'fc_src' },
    (on) => on.connection.peer.address || undefined,
  ),
  fc_src_port: numberFetch({ reads, doc: "The peer's port.", example: 'fc_src_port' }, (on) => on.connection.peer.port),
  fc_dst: textFetch(
    'addr',
    { reads, doc: 'The local address of the TCP connection, whatever a PROXY header says.', example: 'fc_dst' },
    (on) => on.connection.local.address || undefined,
  ),
  fc_dst_port: numberFetch(
    { reads, doc: 'The local port of the TCP connection.', example: 'fc_dst_port' },
    (on) => on.connection.local.port,
  ),
  fc_rcvd_proxy: truthFetch(
    { reads, doc: 'True when a PROXY header was received, even a LOCAL or UNKNOWN one.', example: 'fc_rcvd_proxy' },
    (on) => on.connection.proxied,
  ),
  fc_pp_authority: textFetch(
    'str',
    { reads, doc: 'The name the client asked for (SNI), from the PROXY header.', example: 'fc_pp_authority' },
    (on) => (on.connection.terminated === true ? undefined : authority(on)),
  ),
  fc_pp_unique_id: textFetch(
    'bin',
    { reads, doc: 'The unique id of the connection, from the PROXY header.', example: 'fc_pp_unique_id,hex' },
    (on) => on.connection.uniqueId || undefined,
  ),
  fc_http_major: numberFetch({ reads, doc: '1: clients speak HTTP/1.', example: 'fc_http_major' }, () => 1),
  fc_err: numberFetch(
    {
      reads,
      doc: "HAProxy's number of what went wrong with the connection: always 0, for one that fails before its first request has no line of this format.",
      example: 'fc_err',
    },
    () => 0,
  ),
  fc_err_str: textFetch('str', { reads, doc: 'The same in words: Success.', example: 'fc_err_str' }, () => SUCCESS),
  fe_name: textFetch(
    'str',
    { reads: entrance, doc: 'The name of the frontend.', example: 'fe_name' },
    (on) => on.entrance?.frontend,
  ),
  fe_id: numberFetch(
    { reads: entrance, doc: 'The number of the frontend (`id`, as in statistics).', example: 'fe_id' },
    (on) => on.entrance?.number,
  ),
  so_id: numberFetch(
    { reads, doc: 'The place of the bind among those of its frontend, from 1.', example: 'so_id' },
    (on) => on.connection.door?.id,
  ),
  so_name: textFetch(
    'str',
    { reads, doc: 'The name of the bind (`bind … name NAME`); no value without one.', example: 'so_name' },
    (on) => on.connection.door?.name || undefined,
  ),
  dst_conn: numberFetch(
    { reads: ['state'], doc: 'Client connections now on the bind the request came by.', example: 'dst_conn' },
    (on) => on.connection.door?.connections,
  ),
  http_first_req: truthFetch(
    { reads: ['state'], doc: 'Whether it is the first request of its connection.', example: 'http_first_req' },
    (on) => on.firstRequest,
  ),
  fe_defbe: textFetch(
    'str',
    { reads: entrance, doc: "The frontend's default_backend.", example: 'fe_defbe' },
    (on) => on.entrance?.defaultBackend,
  ),
  src_is_local: localAddress('src_is_local', 'the client', (on) => on.connection.client.address),
  dst_is_local: localAddress('dst_is_local', 'what the client connected to', (on) => on.connection.destination.address),
  fc_src_is_local: localAddress(
    'fc_src_is_local',
    'the peer of the TCP connection',
    (on) => on.connection.peer.address,
  ),
  fc_dst_is_local: localAddress(
    'fc_dst_is_local',
    'the local end of the TCP connection',
    (on) => on.connection.local.address,
  ),
  fe_client_timeout: numberFetch(
    { reads: entrance, doc: "The frontend's timeout client, in milliseconds.", example: 'fe_client_timeout' },
    (on) => on.entrance?.clientTimeout,
  ),
};

/** Whether an address of the connection is one of this machine, whose addresses can change. */
function localAddress(name: string, what: string, of: (on: Evaluation) => string): Fetch {
  const about = { reads: ['state'] as const, doc: `Whether ${what} is an address of this machine.`, example: name };
  return truthFetch(about, (on) => on.world.isLocal?.(of(on)));
}

export function authority({ connection: { authority: name, tls } }: Evaluation): string | undefined {
  const told = name || tls?.sni;
  return told === undefined || told === '' ? undefined : bytesOf(told);
}
