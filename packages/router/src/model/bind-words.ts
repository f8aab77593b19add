/** Parameters of `bind` that cannot be had, and what to do instead of each. Those about TLS are in vocabulary.ts. */
export const BIND_REFUSED: Readonly<Record<string, string>> = {
  'accept-netscaler-cip': 'let the load balancer send a PROXY header, and write accept-proxy',
  interface: 'write the address of that interface',
  namespace: 'start the router in that namespace (ip netns exec)',
  transparent:
    'Node.js cannot listen on addresses of others; for one that comes later set net.ipv4.ip_nonlocal_bind=1, others let the firewall redirect (nftables redirect)',
};
