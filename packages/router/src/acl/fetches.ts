import { alwaysFalse } from './fetches/always_false.ts';
import { alwaysTrue } from './fetches/always_true.ts';
import { base } from './fetches/base.ts';
import { baseq } from './fetches/baseq.ts';
import { cook } from './fetches/cook.ts';
import { cookCnt } from './fetches/cook_cnt.ts';
import { cookVal } from './fetches/cook_val.ts';
import { dst } from './fetches/dst.ts';
import { dstPort } from './fetches/dst_port.ts';
import { fcDst } from './fetches/fc_dst.ts';
import { fcDstPort } from './fetches/fc_dst_port.ts';
import { fcPpAuthority } from './fetches/fc_pp_authority.ts';
import { fcRcvdProxy } from './fetches/fc_rcvd_proxy.ts';
import { fcSrc } from './fetches/fc_src.ts';
import { fcSrcPort } from './fetches/fc_src_port.ts';
import { fcViaTls } from './fetches/fc_via_tls.ts';
import { hdr } from './fetches/hdr.ts';
import { hdrCnt } from './fetches/hdr_cnt.ts';
import { hdrIp } from './fetches/hdr_ip.ts';
import { hdrVal } from './fetches/hdr_val.ts';
import { method } from './fetches/method.ts';
import { path } from './fetches/path.ts';
import { pathq } from './fetches/pathq.ts';
import { query } from './fetches/query.ts';
import { reqFhdr } from './fetches/req.fhdr.ts';
import { reqFhdrCnt } from './fetches/req.fhdr_cnt.ts';
import { reqProtoHttp } from './fetches/req.proto_http.ts';
import { reqVer } from './fetches/req.ver.ts';
import { src } from './fetches/src.ts';
import { srcPort } from './fetches/src_port.ts';
import { sslFc } from './fetches/ssl_fc.ts';
import { url } from './fetches/url.ts';
import { urlp } from './fetches/urlp.ts';
import { urlpVal } from './fetches/urlp_val.ts';
import type { Fetch } from './fetch.ts';

/** Every fetch by its keyword and its other names (HAProxy configuration manual §7.3). */
export const fetches = {
  always_false: alwaysFalse,
  always_true: alwaysTrue,
  base,
  baseq,
  cook,
  'req.cook': cook,
  cook_cnt: cookCnt,
  'req.cook_cnt': cookCnt,
  cook_val: cookVal,
  'req.cook_val': cookVal,
  dst,
  dst_port: dstPort,
  fc_dst: fcDst,
  fc_dst_port: fcDstPort,
  fc_pp_authority: fcPpAuthority,
  fc_rcvd_proxy: fcRcvdProxy,
  fc_src: fcSrc,
  fc_src_port: fcSrcPort,
  fc_via_tls: fcViaTls,
  hdr,
  'req.hdr': hdr,
  hdr_cnt: hdrCnt,
  'req.hdr_cnt': hdrCnt,
  hdr_ip: hdrIp,
  'req.hdr_ip': hdrIp,
  hdr_val: hdrVal,
  'req.hdr_val': hdrVal,
  method,
  path,
  pathq,
  query,
  'req.fhdr': reqFhdr,
  'req.fhdr_cnt': reqFhdrCnt,
  'req.proto_http': reqProtoHttp,
  req_proto_http: reqProtoHttp,
  'req.ver': reqVer,
  req_ver: reqVer,
  src,
  src_port: srcPort,
  ssl_fc: sslFc,
  url,
  urlp,
  url_param: urlp,
  urlp_val: urlpVal,
} as const satisfies Record<string, Fetch>;

/** Fetches that have ACL keywords with a match built in (`hdr_beg` is `hdr` with `-m beg`), by the start of those keywords. */
export const suffixed = {
  base: 'base',
  cook: 'cook',
  hdr: 'hdr',
  path: 'path',
  url: 'url',
  urlp: 'urlp',
} as const satisfies Record<string, keyof typeof fetches>;
