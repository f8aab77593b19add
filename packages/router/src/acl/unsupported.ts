/** Fetches HAProxy 2.6 has and we do not: said by name, so that nobody hunts for a typing error. */
export const unsupportedFetches: ReadonlySet<string> = new Set(
  `act_conn avg_queue be_conn be_conn_free be_sess_rate bin body connslots cpu_calls date date_us distcc_body env fc_fackets
  fc_http_major fc_lost fc_pp_unique_id fc_reordering fc_retrans fc_rtt fc_rttvar fc_sacked fc_unacked fe_conn fe_defbe fe_id fe_name
  fe_req_rate fe_sess_rate hostname http_auth http_auth_group http_auth_pass http_auth_type http_auth_user http_first_req int ipv4 ipv6
  meth nbproc nbsrv nbthread pid prio_class proc quic_enabled queue queue_size rand req.body req.body_len req.body_param req.body_size
  req.hdr_names req.hdrs req.hdrs_bin req.len req.payload req.rdp_cookie req.ssl_alpn req.ssl_hello_type
  req.ssl_sni req.ssl_st_ext req.ssl_ver req.timer.queue req_len req_rdp_cookie req_ssl_hello_type req_ssl_sni req_ssl_ver
  res.body res.cook res.hdr res.hdr_cnt res.ver sc0_conn_rate sc0_http_req_rate sc_bytes_in_rate sc_conn_cur sc_conn_rate sc_get_gpc0
  sc_http_err_rate sc_http_req_rate sc_inc_gpc0 scook shdr so_id so_name src_conn_cur src_conn_rate src_get_gpc0 src_http_err_rate
  src_http_req_rate src_inc_gpc0 src_is_local dst_is_local dst_conn src_updt_conn_cnt srv_conn srv_is_up srv_queue srv_sess_rate
  ssl_bc ssl_c_i_dn ssl_c_s_dn ssl_c_serial ssl_c_sha1 ssl_c_used ssl_c_verify ssl_fc_alpn ssl_fc_cipher ssl_fc_has_crt ssl_fc_has_sni
  ssl_fc_protocol ssl_fc_sni status stopping str table_avl table_cnt thread txn_conf_id unique-id uuid url32 url_ip url_port   base32 base32+src var wait_end capture.req.hdr capture.req.method capture.req.uri`.split(
    /\s+/,
  ),
);

export const unsupportedMatches: ReadonlySet<string> = new Set(['bin']);

/** Criteria flags of HAProxy that we do not have. */
export const unsupportedFlags: ReadonlySet<string> = new Set(['-M', '-u']);
