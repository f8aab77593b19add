// The images' health check, without curl: exit code 0 when the address answers, 1 when it does not.
// http: an answer below 400. https: a TLS handshake, whatever the certificate says; what is asked is whether it serves.
import { get } from 'node:http';
import { connect } from 'node:tls';

const url = new URL(process.argv[2] ?? '');
const timeLimit = 2000;
process.exitCode = 1;

const end = (asked, problem) => {
  if (problem === undefined) process.exitCode = 0;
  else process.stderr.write(`${url.href}: ${problem}\n`);
  asked.destroy();
};

const asked =
  url.protocol === 'https:'
    ? connect({ host: url.hostname, port: Number(url.port || 443), rejectUnauthorized: false }, () => end(asked))
    : get(url, { agent: false }, ({ statusCode }) => end(asked, statusCode < 400 ? undefined : `status ${statusCode}`));
asked.on('error', (error) => end(asked, error.message));
asked.setTimeout(timeLimit, () => end(asked, `no answer in ${timeLimit} ms`));
