// node http-proxy.mjs PORT ORIGIN [keep-alive]: the library used as in its README, with X-Forwarded-For and WebSockets.
import { Agent, createServer } from 'node:http';
import httpProxy from 'http-proxy';

const [port, origin, connections] = process.argv.slice(2);
const proxy = httpProxy.createProxyServer({
  target: `http://127.0.0.1:${origin}`,
  xfwd: true,
  ws: true,
  ...(connections === 'keep-alive' ? { agent: new Agent({ keepAlive: true, maxSockets: 1024 }) } : {}),
});
proxy.on('error', (_error, _request, answer) => answer.destroy());
createServer((request, answer) => proxy.web(request, answer))
  .on('upgrade', (request, socket, head) => proxy.ws(request, socket, head))
  .listen(Number(port), '127.0.0.1', 4096);
