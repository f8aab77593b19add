/**
 * Maps, the second application of the article: socket.io, and state shared by all open tabs. A click drops a pin
 * that all tabs see. It works over WebSocket and falls back to polling.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { place, serve } from '../support/serve.ts';
import { Board, readPin } from './board.ts';

const files: Readonly<Record<string, readonly [type: string, body: Buffer]>> = {
  '/': ['text/html; charset=utf-8', read('index.html')],
  '/map.js': ['text/javascript; charset=utf-8', read('map.js')],
  '/style.css': ['text/css; charset=utf-8', read('style.css')],
};

function read(name: string): Buffer {
  return readFileSync(new URL(`public/${name}`, import.meta.url));
}

const server = createServer((request, response) => {
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
  const [type, body] = (Object.hasOwn(files, path) ? files[path] : undefined) ?? [
    'text/plain',
    Buffer.from('no such page\n'),
  ];
  request.resume();
  response.writeHead(path in files ? 200 : 404, {
    'content-type': type,
    'content-length': body.length,
    'cache-control': 'no-store',
  });
  response.end(request.method === 'HEAD' ? undefined : body);
});

const io = new Server(server);
const board = new Board();
let arrivals = 0;

io.on('connection', (socket) => {
  arrivals += 1;
  // The golden angle makes consecutive colours distinct.
  const colour = `hsl(${Math.round(arrivals * 137.5) % 360} 70% 45%)`;
  const visitors = () => io.emit('visitors', io.of('/').sockets.size);
  socket.emit('pins', board.pins);
  visitors();
  socket.on('drop', (value: unknown) => {
    const pin = readPin(value, colour);
    if (pin === undefined) return;
    board.drop(pin);
    io.emit('pins', board.pins);
  });
  socket.on('clear', () => {
    board.clear();
    io.emit('pins', board.pins);
  });
  socket.on('disconnect', visitors);
});

await serve('maps', server, place(3000), () => {
  io.disconnectSockets(true);
});
