/** Sample fetches and converters that HAProxy has since 2.7, so that they are not reported as typos, and what to do instead. */
import { LUA } from '../model/refusals.ts';
import { table } from './unsupported.ts';

const KERNEL = "the kernel's counters of a connection cannot be read from Node.js";
const NO_HTTP2 = 'there is no HTTP/2';
const INTERNAL = 'it exposes HAProxy internals that do not exist here';
const TERMINATOR = 'TLS is terminated in front of the router, which passes on ssl_fc_* and ssl_c_* of HAProxy 2.6';

const fetches = table([
  [
    'bc.timer.connect fc.timer.handshake fc.timer.total req.timer.hdr req.timer.idle req.timer.queue req.timer.tq res.timer.data res.timer.hdr res.timer.user txn.timer.total txn.timer.user',
    'log lines have the times: %TR, %Tw, %Tc, %Tr, %Ta',
  ],
  ['bytes_in bytes_out', 'log lines have them: %U, %B'],
  ['txn.sess_term_state term_events', 'log lines have it: %tsc'],
  ['bc_be_queue bc_srv_queue', 'log lines have it: %bq, %sq'],
  ['accept_date request_date', 'date is the time now; log lines have %t and %tr'],
  ['acl', 'name the acl in the condition itself'],
  ['req.cook_names res.cook_names', 'read a cookie by its name: req.cook(NAME), res.cook(NAME)'],
  ['fc_pp_tlv', 'fc_pp_authority and fc_pp_unique_id read the fields that HAProxy 2.6 knows'],
  ['fc_err_name', 'use fc_err or fc_err_str'],
  ['bc_err_name', 'use bc_err or bc_err_str'],
  ['ssl_c_san', 'ssl_c_der has the complete certificate'],
  ['ssl_fc_sigalgs_bin ssl_fc_supported_versions_bin', TERMINATOR],
  ['bc_rtt bc_rttvar fc_mark fc_tos fc_saved_syn ip.fp', KERNEL],
  [
    'bc_glitches bc_nb_streams bc_settings_streams_limit fc_glitches fc_nb_streams fc_settings_streams_limit sc_glitch_cnt sc_glitch_rate',
    NO_HTTP2,
  ],
  ['bs.aborted bs.id bs.rst_code fs.aborted fs.id fs.rst_code', INTERNAL],
  ['quic_enabled', 'there is no QUIC'],
]);

const converters = table([
  ['aes_cbc_dec aes_cbc_enc aes_gcm_enc', 'aes_gcm_dec is the one of HAProxy 2.6'],
  ['jwt_decrypt_secret', 'tokens are verified with jwt_verify, and not decrypted'],
  ['map_reg_key map_str_key', 'the maps of HAProxy 2.6 give their values'],
  ['ms_ltime ms_utime us_ltime us_utime', 'ltime and utime take seconds'],
  ['reverse reverse_dom', 'map_end and -m end compare from the end'],
  ['rfc7239_field rfc7239_is_valid rfc7239_n2nn rfc7239_n2np rfc7239_nn rfc7239_np', 'regsub takes a field apart'],
  ['table_clr_gpc table_inc_gpc', 'sc-inc-gpc in a rule counts'],
  ['when', 'write a rule with a condition'],
]);

/** What to do instead of a word that HAProxy 2.6 has not and later versions or Lua scripts have; undefined for any other. */
export const later = {
  fetch: (name: string): string | undefined => (name.startsWith('lua.') ? LUA : fetches.get(name)),
  converter: (name: string): string | undefined => (name.startsWith('lua.') ? LUA : converters.get(name)),
};
