/**
 * Sample fetches of HAProxy 2.6 that are not supported, so that they are not reported as typos, each with what to do instead.
 * A test compares the list with `haproxy -dKall`.
 */
const RAW = 'rules see HTTP requests, not the bytes of a connection: test the header or the path instead';
const KERNEL = "the kernel's counters of a connection cannot be read from Node.js";
const TERMINATOR =
  "TLS is terminated in front of the router; its PROXY header carries the version, cipher, group, SNI, ALPN and the client's certificate (ssl_fc_*, ssl_c_*)";
const SERVER_TLS = 'Node.js does not tell it of a connection; use ssl_bc_protocol, ssl_bc_cipher or ssl_bc_is_resumed';
const INTERNAL = 'it exposes HAProxy internals that do not exist here';

type Names = readonly (readonly [names: string, hint: string])[];

const fetches: Names = [
  ['fc_fackets fc_lost fc_reordering fc_retrans fc_rtt fc_rttvar fc_sacked fc_unacked', KERNEL],
  ['res.cache_hit res.cache_name', 'there is no cache'],
  ['distcc_body distcc_param', RAW],
  [
    'req.ssl_ec_ext req.ssl_st_ext',
    'TLS is terminated in front of the router: use ssl_fc_sni, ssl_fc_alpn and ssl_fc_protocol',
  ],
  ['ssl_c_chain_der', "ssl_c_der has the client's own certificate; the terminator verifies its chain"],
  ['ssl_s_chain_der', "ssl_s_der has the server's own certificate"],
  [
    prefixed('ssl_f_', 'der i_dn notafter notbefore s_dn serial sha1 version'),
    'the terminator chooses among its certificates by the name asked for: use ssl_fc_sni, ssl_f_key_alg or ssl_f_sig_alg',
  ],
  [
    prefixed(
      'ssl_fc_',
      `client_early_traffic_secret client_handshake_traffic_secret client_random client_traffic_secret_0 early_exporter_secret
      exporter_secret server_handshake_traffic_secret server_random server_traffic_secret_0 session_id session_key unique_id`,
    ),
    'the secrets of a handshake do not leave the terminator',
  ],
  [
    prefixed(
      'ssl_fc_',
      'cipherlist_bin cipherlist_hex cipherlist_str cipherlist_xxh ecformats_bin eclist_bin extlist_bin protocol_hello_id',
    ),
    TERMINATOR,
  ],
  [prefixed('ssl_bc_', 'client_random server_random'), SERVER_TLS],
  [
    `cpu_calls cpu_ns_avg cpu_ns_tot lat_ns_avg lat_ns_tot internal.strm.is_htx
    ${prefixed('internal.htx.', 'data free free_data has_eom nbblks size used')} ${prefixed('internal.htx_blk.', 'data hdrname hdrval size start_line type')}`,
    INTERNAL,
  ],
  ['fcgi.docroot fcgi.index', 'servers speak HTTP, not FastCGI'],
];

function prefixed(start: string, names: string): string {
  return names
    .trim()
    .split(/\s+/)
    .map((name) => start + name)
    .join(' ');
}

/** The hint of each name of the lists. */
export function table(names: Names): ReadonlyMap<string, string> {
  return new Map(
    names.flatMap(([list, hint]) =>
      list
        .trim()
        .split(/\s+/)
        .map((name) => [name, hint] as const),
    ),
  );
}

const fetchHints = table(fetches);

/** What to do instead of a fetch of HAProxy that is not supported; undefined for any other word. */
export const instead = {
  fetch: (name: string): string | undefined => fetchHints.get(name),
  fetches: (): readonly string[] => [...fetchHints.keys()],
};
