/** Parameters of `bind` that change nothing here, and those that cannot be had. Those about TLS are in vocabulary.ts. */

interface Idle {
  readonly why: string;
  /** Whether a value follows it. */
  readonly value: boolean;
}

const KERNEL = 'Node.js sets up its sockets itself';
const ONE_THREAD = 'no thread of its own serves an address';
const CONTROL = "it belongs to 'stats socket'";

export const BIND_WITHOUT_EFFECT: Readonly<Record<string, Idle>> = {
  'defer-accept': { why: KERNEL, value: false },
  'expose-fd': { why: CONTROL, value: true },
  'guid-prefix': { why: 'binds have no GUID', value: true },
  id: { why: 'binds are numbered in the order of the file', value: true },
  level: { why: CONTROL, value: true },
  mss: { why: KERNEL, value: true },
  nice: { why: 'connections are served in turn', value: true },
  process: { why: ONE_THREAD, value: true },
  'severity-output': { why: CONTROL, value: true },
  'tcp-ut': { why: KERNEL, value: true },
  tfo: { why: KERNEL, value: false },
  thread: { why: ONE_THREAD, value: true },
};

/** What to do instead of each. */
export const BIND_REFUSED: Readonly<Record<string, string>> = {
  'accept-netscaler-cip': 'let the load balancer send a PROXY header, and write accept-proxy',
  interface: 'write the address of that interface',
  namespace: 'start the router in that namespace (ip netns exec)',
  transparent: 'Node.js cannot listen on addresses of others; let the firewall redirect them (nftables redirect)',
};
