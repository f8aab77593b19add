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
  [
    prefixed('ssl_c_', 'chain_der') +
      prefixed(' ssl_f_', 'der i_dn notafter notbefore s_dn serial sha1 version') +
      prefixed(' ssl_s_', 'chain_der der i_dn key_alg notafter notbefore s_dn serial sha1 sig_alg version') +
      prefixed(
        ' ssl_fc_',
        `cipherlist_bin cipherlist_hex cipherlist_str cipherlist_xxh client_early_traffic_secret
        client_handshake_traffic_secret client_random client_traffic_secret_0 early_exporter_secret ecformats_bin eclist_bin
        exporter_secret extlist_bin protocol_hello_id server_handshake_traffic_secret server_random
        server_traffic_secret_0 session_id session_key unique_id`,
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
