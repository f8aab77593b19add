// The images' health check, without curl: exit code 0 when the address answers, 1 when it does not.
// http: an answer below 400. https: a TLS handshake, whatever the certificate says; what is asked is whether it serves.
import { connect } from 'node:tls';

const url = new URL(process.argv[2] ?? '');
const timeLimit = 2000;
const fail = (reason) => {
  console.error(`${url.href}: ${reason}`);
  process.exit(1);
};
setTimeout(fail, timeLimit, `no answer in ${timeLimit} ms`);

if (url.protocol === 'https:') {
  const socket = connect({ host: url.hostname, port: Number(url.port || 443), rejectUnauthorized: false }, () => process.exit(0));
  socket.on('error', (error) => fail(error.message));
} else {
  try {
    const { status } = await fetch(url);
    if (status >= 400) fail(`status ${status}`);
    process.exit(0);
  } catch (error) {
    fail(error.cause?.message ?? error.message);
  }
}
