/** Which clients are served by what is demanded of their certificates: stunnel and HAProxy decide beside ours. */
import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { connect, type ConnectionOptions } from 'node:tls';
import { OpenSsl, SERVER } from '../../../packages/tls-terminator/src/certificate/fixtures/openssl.ts';
import { onCleanup } from '../../support/cleanup.ts';
import { freePort } from '../../support/ports.ts';
import { missing, startProgram } from '../../support/programs.ts';
import { listen } from '../../support/tcp.ts';
import { settled } from '../../support/until.ts';

const openssl = new OpenSsl();
test.after(() => openssl.remove());
const CA_EXTENSIONS = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign,cRLSign'];
const root = openssl.issue({ name: 'root', extensions: CA_EXTENSIONS });
const middle = openssl.issue({ name: 'middle', by: root, extensions: CA_EXTENSIONS });
const stranger = openssl.issue({ name: 'stranger', extensions: CA_EXTENSIONS });
const server = openssl.issue({ name: 'server.test', by: root, extensions: SERVER('DNS:server.test') });
const names = 'subjectAltName=DNS:good.test,email:good@a.test,IP:192.0.2.1';
const good = openssl.issue({ name: 'good', by: root, extensions: [names, 'extendedKeyUsage=clientAuth'] });
const bad = openssl.issue({ name: 'bad', by: root, extensions: ['subjectAltName=DNS:bad.test'] });
const deep = openssl.issue({ name: 'deep', by: middle, extensions: ['subjectAltName=DNS:deep.test'] });

const clients: Readonly<Record<string, Pick<ConnectionOptions, 'key' | 'cert'>>> = {
  'without a certificate': {},
  'with a good one': good,
  'with one of an intermediate': { key: deep.key, cert: deep.cert + middle.cert },
  'with one whose chain is missing': deep,
  'of a stranger': openssl.issue({ name: 'foreign', by: stranger, extensions: [names] }),
  'with one for servers': openssl.issue({ name: 's', by: root, extensions: ['extendedKeyUsage=serverAuth'] }),
  'with a revoked one': bad,
};

const [PEM, CA, MIDDLE] = [
  openssl.write('server.pem', server.key + server.cert),
  openssl.write('ca.pem', root.cert),
  openssl.write('both.pem', root.cert + middle.cert),
];
const GOOD = openssl.write('good.pem', good.cert);

/** An empty list of the intermediate, and one of the root in which `bad` is. */
function revocationList(by: { key: string; cert: string }, revoked: string): string {
  const serial = openssl.run(['x509', '-noout', '-serial'], bad.cert).toString().trim().replace('serial=', '');
  openssl.write(
    'index.txt',
    revoked === '' ? '' : `R\t351231235959Z\t260101000000Z\t${serial}\tunknown\t/CN=${revoked}\n`,
  );
  openssl.write('ca.cnf', '[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\ndefault_md=sha256\ndefault_crl_days=5\n');
  openssl.write('signer.pem', by.key + by.cert);
  const signer = ['-keyfile', 'signer.pem', '-cert', 'signer.pem'];
  return openssl.run(['ca', '-gencrl', '-config', 'ca.cnf', ...signer]).toString();
}
const CRL = openssl.write('crl.pem', revocationList(root, 'bad') + revocationList(middle, ''));

interface Demand {
  readonly name: string;
  readonly stunnel?: readonly string[];
  /** Ours, where stunnel has no word for it. */
  readonly ours?: readonly string[];
  readonly haproxy?: string;
}

const demands: readonly Demand[] = [
  { name: 'a chain', stunnel: ['verifyChain = yes', `CAfile = ${CA}`], haproxy: `ca-file ${CA} verify required` },
  { name: 'perhaps', ours: ['verify = optional', `CAfile = ${CA}`], haproxy: `ca-file ${CA} verify optional` },
  {
    name: 'not revoked',
    stunnel: ['verifyChain = yes', `CAfile = ${MIDDLE}`, `CRLfile = ${CRL}`],
    haproxy: `ca-file ${MIDDLE} verify required crl-file ${CRL}`,
  },
  {
    name: 'errors ignored',
    ours: ['verify = required', `CAfile = ${CA}`, 'verifyIgnore = all'],
    haproxy: `ca-file ${CA} verify required crt-ignore-err all ca-ignore-err all`,
  },
  { name: 'a host', stunnel: ['verifyChain = yes', `CAfile = ${CA}`, 'checkHost = good.test'] },
  { name: 'an address', stunnel: ['verifyChain = yes', `CAfile = ${CA}`, 'checkIP = 192.0.2.1'] },
  { name: 'an e-mail', stunnel: ['verifyChain = yes', `CAfile = ${CA}`, 'checkEmail = good@a.test'] },
  { name: 'this very one', stunnel: ['verifyPeer = yes', `CAfile = ${GOOD}`] },
  { name: 'any', stunnel: ['requireCert = yes'] },
];

/** Starts a program on ports of its own, one for each demand that it has words for. */
async function start(
  t: TestContext,
  program: 'terminator' | 'stunnel4' | 'haproxy',
  app: number,
): Promise<ReadonlyMap<string, number>> {
  const lines: string[] =
    program === 'haproxy'
      ? ['defaults\n timeout client 9s\n timeout server 9s\n timeout connect 9s']
      : ['foreground = yes\npid =', `cert = ${PEM}`];
  const ports = new Map<string, number>();
  for (const [index, { name, stunnel, ours, haproxy }] of demands.entries()) {
    const options = program === 'terminator' ? (stunnel ?? ours) : stunnel;
    const port = await freePort();
    if (program === 'haproxy' && haproxy !== undefined)
      lines.push(`listen s${index}\n bind 127.0.0.1:${port} ssl crt ${PEM} ${haproxy}\n server a 127.0.0.1:${app}`);
    else if (program !== 'haproxy' && options !== undefined)
      lines.push(`[s${index}]`, `accept = 127.0.0.1:${port}`, `connect = 127.0.0.1:${app}`, ...options);
    else continue;
    ports.set(name, port);
  }
  await startProgram(t, program, openssl.write(`${program}.conf`, `${lines.join('\n')}\n`), [...ports.values()]);
  return ports;
}

/** Whether a client is served. */
async function isServed(t: TestContext, port: number, options: ConnectionOptions): Promise<boolean> {
  const client = connect({ port, host: '127.0.0.1', servername: 'server.test', rejectUnauthorized: false, ...options });
  onCleanup(t, () => void client.destroy());
  const result = new Promise<boolean>((resolve) => {
    client.on('data', () => resolve(true));
    client.on('error', () => resolve(false));
    client.on('close', () => resolve(false));
  });
  client.write('hello');
  const served = await settled('served or closed', result);
  client.destroy();
  return served;
}

for (const program of ['stunnel4', 'haproxy'] as const)
  test(`clients that ${program} serves are served, and no others`, { skip: missing(program, 'openssl') }, async (t) => {
    const { port: app } = await listen(t, (socket) => {
      socket.on('data', (bytes) => socket.write(bytes));
      socket.on('end', () => socket.end());
    });
    const [theirs, ours] = [await start(t, program, app), await start(t, 'terminator', app)];
    const verdicts = async (ports: ReadonlyMap<string, number>, version: 'TLSv1.2' | 'TLSv1.3') => {
      const found: string[] = [];
      for (const demand of theirs.keys())
        for (const [client, pair] of Object.entries(clients)) {
          const options = { ...pair, minVersion: version, maxVersion: version } as const;
          const served = await isServed(t, ports.get(demand) ?? 0, options);
          found.push(`${version} ${demand}: a client ${client} is ${served ? 'served' : 'refused'}`);
        }
      return found;
    };
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const)
      assert.deepEqual(await verdicts(ours, version), await verdicts(theirs, version));
  });
