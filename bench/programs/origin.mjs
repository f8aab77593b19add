// node origin.mjs PORT: the origin for what nginx cannot serve. /chunked answers 1,000 bytes in ten chunks; PUT and POST are read
// to their end and answered with the number of bytes; /served returns the number of requests, like nginx's stub_status; an upgrade becomes a tunnel that answers each 106-byte frame
// (100 bytes masked with zeros, RFC 6455 §5.2) with the same 100 bytes unmasked; everything else is answered with 100 bytes.
import { createHash } from 'node:crypto';
import { createServer } from 'node:net';

const FRAME = 106;
const answer = (body, type = '') =>
  Buffer.from(`HTTP/1.1 200 OK\r\n${type}Content-Length: ${body.length}\r\n\r\n${body}`);
const small = answer('x'.repeat(100));
const chunks = `${`64\r\n${'x'.repeat(100)}\r\n`.repeat(10)}0\r\n\r\n`;
let served = 0;
const frame = Buffer.concat([Buffer.from([0x82, 100]), Buffer.alloc(100, 'x')]);
const frames = Array.from({ length: 64 }, (_, count) => Buffer.concat(Array.from({ length: count }, () => frame)));

createServer({ noDelay: true }, (socket) => {
  let mode = 'head';
  let head = '';
  let left = 0;
  let length = 0;
  let bytes = 0;
  socket.on('error', () => socket.destroy());
  socket.on('data', (data) => {
    if (mode === 'tunnel') return echo(data);
    if (mode === 'body') return read(data.length);
    head += data.latin1Slice();
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return;
    const rest = head.length - end - 4;
    const current = head.slice(0, end + 2);
    head = '';
    request(current);
    if (rest === 0) return;
    if (mode === 'body') read(rest);
    else if (mode === 'tunnel') echo(data.subarray(data.length - rest));
  });

  function request(current) {
    served += 1;
    if (current.startsWith('P')) {
      length = Number(/\r\ncontent-length: *(\d+)/i.exec(current)?.[1] ?? 0);
      left = length;
      mode = 'body';
      read(0);
    } else if (current.startsWith('GET /served')) {
      socket.write(answer(`server accepts handled requests\n 0 0 ${served} \n`));
    } else if (current.startsWith('GET /chunked')) {
      socket.write(`HTTP/1.1 200 OK\r\nETag: "${served}"\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`, 'latin1');
    } else if (/\r\nupgrade: *websocket/i.test(current)) {
      const key = /\r\nsec-websocket-key: *(\S+)/i.exec(current)?.[1] ?? '';
      const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
      );
      mode = 'tunnel';
    } else {
      socket.write(small);
    }
  }

  function read(count) {
    left -= count;
    if (left > 0) return;
    mode = 'head';
    socket.write(answer(String(length)));
  }

  function echo(data) {
    bytes += data.length;
    const whole = Math.floor(bytes / FRAME);
    bytes -= whole * FRAME;
    if (whole > 0) socket.write(frames[whole] ?? Buffer.concat(Array.from({ length: whole }, () => frame)));
  }
}).listen(Number(process.argv[2]), '127.0.0.1', 4096);
