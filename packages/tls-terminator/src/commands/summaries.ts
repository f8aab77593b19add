/** What `--help` says of each command; apart from the commands, which are loaded when they are run. */
export const SUMMARIES = {
  cert: 'make, put together and look at certificates: dev, trust, untrust, bundle, inspect, from-pkcs12',
  doctor: 'look at certificates, the other half, timeouts and limits as they are now, and say what to do',
  inspect: 'say which certificate, version, cipher and group each kind of client would get',
  ctl: 'ask the running terminator, or change it: certificates, lists of them, ACME',
  import: 'print a stunnel.conf as YAML, with a comment where something means something else here',
} as const;
