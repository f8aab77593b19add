/** HAProxy's predefined ACLs (configuration manual §7.4), as they would be written; lines with the same name are ORed. */
export const predefined: Readonly<Record<string, readonly (readonly string[])[]>> = {
  FALSE: [['always_false']],
  TRUE: [['always_true']],
  HTTP: [['req.proto_http']],
  'HTTP_1.0': [['req.ver', '1.0']],
  'HTTP_1.1': [['req.ver', '1.1']],
  'HTTP_2.0': [['req.ver', '2.0']],
  HTTP_CONTENT: [['hdr_val(content-length)', 'gt', '0']],
  HTTP_URL_ABS: [['url_reg', '^[^/:]*://']],
  HTTP_URL_SLASH: [['url_beg', '/']],
  HTTP_URL_STAR: [['url', '*']],
  LOCALHOST: [['src', '127.0.0.0/8', '::1']],
  RDP_COOKIE: [['req.rdp_cookie_cnt', 'gt', '0']],
  REQ_CONTENT: [['req.len', 'gt', '0']],
  WAIT_END: [['wait_end']],
  METH_CONNECT: [['method', 'CONNECT']],
  METH_DELETE: [['method', 'DELETE']],
  METH_GET: [['method', 'GET', 'HEAD']],
  METH_HEAD: [['method', 'HEAD']],
  METH_OPTIONS: [['method', 'OPTIONS']],
  METH_POST: [['method', 'POST']],
  METH_PUT: [['method', 'PUT']],
  METH_TRACE: [['method', 'TRACE']],
};

/** Predefined in HAProxy, not supported here. */
export const unsupportedAcls: ReadonlySet<string> = new Set([]);
