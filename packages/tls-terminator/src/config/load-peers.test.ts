/** What is wrong with services that verify, negotiate, or hand connections to each other. */
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { formatProblem } from '@headgate/shared/config/problem';
import { OpenSsl, SERVER } from '../certificate/fixtures/openssl.ts';
import { loadConfig } from './load.ts';

const openssl = new OpenSsl();
after(() => openssl.remove());
const pair = openssl.issue({ name: 'dev', extensions: SERVER('DNS:dev') });
const PEM = openssl.write('cert.key_pem', pair.key + pair.cert);
const ROOT = openssl.write('root.pem', pair.cert);

/** The text of a stunnel.conf and every line there is to say about it. */
const wrong: readonly (readonly [title: string, text: string, says: readonly string[]])[] = [
  [
    "OpenSSL's commands",
    'cert = PEM\n[s]\naccept = 1\nconnect = 2\nconfig = MinProtocol:TLSv1.3\nconfig = MinProtokol:TLSv1.3\nconfig = MaxProtocol:TLSv1.2',
    [
      "stunnel.conf:2:2: service 's': TLSv1.3 (sslVersionMin) is newer than TLSv1.2 (sslVersionMax)",
      "stunnel.conf:6:10: OpenSSL's command 'MinProtokol' is not supported: there are MinProtocol, MaxProtocol, CipherString, Ciphersuites, Curves, Groups; did you mean 'MinProtocol'?",
    ],
  ],
  [
    'client = yes that verifies nothing, or any name',
    `[s]\nclient = yes\naccept = 1\nconnect = 2\n[t]\nclient = yes\naccept = 3\nconnect = 2\nverifyChain = yes\nCAfile = ${ROOT}`,
    [
      "stunnel.conf:1:2: warning: service 's' verifies no server: any server is trusted; write verifyChain = yes, CAfile and checkHost",
      "stunnel.conf:5:2: warning: service 't' accepts a certificate for any name; write checkHost with the name of the server",
    ],
  ],
  [
    'verification that cannot be',
    'cert = PEM\n[s]\naccept = 1\nconnect = 2\nverifyChain = yes\n[t]\naccept = 3\nconnect = 2\ncheckHost = a\n' +
      '[u]\naccept = 4\nconnect = 2\nredirect = 80',
    [
      "stunnel.conf:2:2: verification needs 'CAfile' or 'CApath': the authorities, or the certificates, that are accepted",
      "stunnel.conf:6:2: checkHost, checkEmail and checkIP need 'verifyChain' or 'verifyPeer': anyone can make a certificate with that name",
      "stunnel.conf:10:2: 'redirect' needs 'verifyChain' or 'verifyPeer': without them no certificate fails",
    ],
  ],
  [
    'authorities that are not there',
    'cert = PEM\n[s]\naccept = 1\nconnect = 2\nverify = 2\nCAfile = /nowhere/ca.pem\nCRLpath = /nowhere',
    [
      'stunnel.conf:6:10: CAfile: /nowhere/ca.pem: cannot be read: no such file',
      'stunnel.conf:7:11: CRLpath: /nowhere: it is not a directory that can be read',
    ],
  ],
  [
    'secondary services that belong to none',
    'cert = PEM\n[s]\naccept = 1\nconnect = 2\n[t]\nsni = ss:a.test\nconnect = 3\n[u]\nsni = a.test\n' +
      'connect = 3\n[v]\nsni = s:b.test\naccept = 5\nconnect = 4',
    [
      "stunnel.conf:6:7: there is no service 'ss' above this one; did you mean 's'?",
      "stunnel.conf:9:7: 'a.test' is no SERVICE:PATTERN, such as 'https:*.example.com'",
      "stunnel.conf:11:2: service 'v' gets its connections from another one ('sni'): it has no 'accept' of its own",
    ],
  ],
  [
    'a port that only /etc/services could know',
    '[s]\nclient = yes\naccept = 1\nconnect = localhost:text1\nverifyPeer = no\nrequireCert = no',
    [
      "stunnel.conf:1:2: warning: service 's' verifies no server: any server is trusted; write verifyChain = yes, CAfile and checkHost",
      "stunnel.conf:4:11: warning: /etc/services has no port 'text1': connections to it fail until it does",
    ],
  ],
  [
    'what a line of a list of certificates cannot be',
    'cert = PEM\n[s]\naccept = 1\nconnect = 2\ncertificate = /nowhere.pem a.test\n' +
      'certificate = PEM [verfy none] a.test\ncertificate = PEM a_.!',
    [
      'stunnel.conf:5:15: /nowhere.pem: there is no certificate of that name',
      "stunnel.conf:6:15: there is no option 'verfy' in the brackets of a crt-list; did you mean 'verify'?",
      "stunnel.conf:7:15: 'a_.!' is not a host name: write a.example.com, *.example.com or !a.example.com",
    ],
  ],
  [
    'protocols that are not negotiated',
    'cert = PEM\n[s]\naccept = 1\nconnect = 2\nprotocol = socks\n[t]\naccept = 3\nconnect = 2\nprotocol = nntp\n' +
      '[u]\nclient = yes\naccept = 4\nconnect = 2\nprotocol = connect',
    [
      "stunnel.conf:5:12: protocol socks is not supported: run a SOCKS server, such as Dante or 'ssh -D', and let connect lead to it",
      "stunnel.conf:6:2: service 't': protocol nntp is only negotiated with servers (client = yes), as in stunnel",
      "stunnel.conf:10:2: service 'u': protocol connect needs protocolHost, the host:port that the proxy is asked for",
      "stunnel.conf:10:2: warning: service 'u' verifies no server: any server is trusted; write verifyChain = yes, CAfile and checkHost",
    ],
  ],
];

describe('loadConfig says what is wrong with', () => {
  for (const [title, text, says] of wrong) {
    it(title, async () => {
      const { snapshot, problems } = await loadConfig([openssl.write('stunnel.conf', text.replaceAll('PEM', PEM))]);
      assert.deepEqual(
        problems.map((problem) => formatProblem(problem).replaceAll(`${openssl.directory}/`, '')),
        says,
      );
      assert.equal(
        snapshot === undefined,
        problems.some(({ severity }) => severity === 'error'),
      );
    });
  }
});
