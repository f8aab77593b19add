import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { createSecureContext } from 'node:tls';
import { makeBundle } from './bundle.ts';
import { formatFinding } from './finding.ts';
import { RootList } from './roots.ts';
import { AUTHORITY, OpenSsl, RSA, SERVER } from './fixtures/openssl.ts';

const openssl = new OpenSsl();
after(() => openssl.remove());

/** An hour from now: everything made below is valid by then. */
const now = new Date(Date.now() + 3_600_000);
const DAY = 86_400_000;
const names = SERVER('DNS:dev-coltrane');
const root = openssl.issue({ name: 'Root', extensions: AUTHORITY, days: 3650 });
const middle = openssl.issue({ name: 'Middle', by: root, extensions: AUTHORITY, days: 365 });
const leaf = openssl.issue({ name: 'dev-coltrane', by: middle, extensions: names });
/** An authority whose root is signed by an older one as well, for ten days more. */
const older = openssl.issue({ name: 'Older', extensions: AUTHORITY, days: 3650 });
const newer = openssl.issue({ name: 'Newer', extensions: AUTHORITY, days: 3650 });
const cross = openssl.sign({ name: 'Newer', key: newer.key, by: older, extensions: AUTHORITY, days: 10 });
const fetched = openssl.issue({
  name: 'Fetched',
  by: older,
  extensions: [...AUTHORITY, 'authorityInfoAccess=caIssuers;URI:http://a.test/older.der'],
  days: 365,
});
const middleOfNewer = openssl.issue({ name: 'Middle 2', by: newer, extensions: AUTHORITY, days: 3650 });
const leafOfNewer = openssl.issue({ name: 'crossed', by: middleOfNewer, extensions: names, days: 365 });
const leafOfFetched = openssl.issue({ name: 'fetches', by: fetched, extensions: names });
const rsa = openssl.issue({ name: 'dev-rsa', algorithm: RSA(2048), extensions: names });
const other = openssl.issue({ name: 'other', extensions: names });
const rsaOther = openssl.issue({ name: 'other-rsa', algorithm: RSA(2048), extensions: names });
const ed25519 = openssl.issue({ name: 'dev-ed', algorithm: ['ed25519'], extensions: names });
const weak = openssl.issue({ name: 'dev-weak', algorithm: RSA(1024), extensions: names });
const sha1 = openssl.issue({ name: 'dev-sha1', algorithm: RSA(2048), digest: 'sha1', extensions: names });
const nameless = openssl.issue({ name: 'dev-nameless' });
const clientOnly = openssl.issue({
  name: 'dev-client',
  extensions: ['subjectAltName=DNS:a', 'extendedKeyUsage=clientAuth'],
});

const pkcs1 = openssl.run(['pkey', '-traditional'], rsa.key).toString();
const sec1 = openssl.run(['pkey', '-traditional'], leaf.key).toString();
const encrypted = openssl.run(['pkcs8', '-topk8', '-passout', 'pass:secret'], rsa.key).toString();
const encryptedOld = openssl.run(['rsa', '-traditional', '-aes128', '-passout', 'pass:secret'], rsa.key).toString();
const trusted = openssl.run(['x509', '-trustout', '-addtrust', 'serverAuth'], rsa.cert).toString();
const asText = openssl.run(['x509', '-text'], rsa.cert).toString();
const ecParameters = openssl.run(['ecparam', '-name', 'prime256v1']).toString();
const request = openssl
  .run(['req', '-new', '-key', openssl.write('k.pem', rsa.key), '-subj', '/CN=a', '-config', '/dev/null'])
  .toString();
const openssh = '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n';

const oneLine = (pem: string): string => pem.replaceAll(/(?<!-)\n(?!-)/g, '');

interface Case {
  readonly file: string;
  readonly text: string;
  readonly key?: string;
  readonly passphrase?: string;
  readonly at?: Date;
  /** What clients trust. Default: the root of most certificates here. */
  readonly roots?: readonly string[];
  /** Certificates sent, or 0: the file is refused. */
  readonly sent: number;
  readonly says?: readonly string[];
}

const NAMELESS = [
  'block 2: it names no host (no subjectAltName): browsers and Node.js ignore the common name and refuse it',
];

const cases: readonly Case[] = [
  { file: 'PKCS#8 RSA key and certificate', text: rsa.key + rsa.cert, sent: 1 },
  { file: 'PKCS#1 RSA key and certificate', text: pkcs1 + rsa.cert, sent: 1 },
  { file: 'certificate before the key', text: rsa.cert + rsa.key, sent: 1 },
  { file: 'SEC1 EC key with its parameters in front', text: ecParameters + sec1 + leaf.cert + middle.cert, sent: 2 },
  { file: 'key in the middle of the chain', text: leaf.cert + leaf.key + middle.cert, sent: 2 },
  { file: 'key in a file of its own', text: leaf.cert + middle.cert, key: leaf.key, sent: 2 },
  { file: 'CRLF line ends', text: (rsa.key + rsa.cert).replaceAll('\n', '\r\n'), sent: 1 },
  { file: 'blanks at the ends of lines', text: (rsa.key + rsa.cert).replaceAll('\n', '  \n'), sent: 1 },
  { file: 'all base64 on one line', text: oneLine(rsa.key) + oneLine(rsa.cert), sent: 1 },
  { file: 'byte order mark', text: `\uFEFF${rsa.key}${rsa.cert}`, sent: 1 },
  { file: 'text between the blocks', text: `Bag Attributes\n    friendlyName: x\n${rsa.key}${asText}`, sent: 1 },
  { file: 'no newline at the end', text: (rsa.key + rsa.cert).trimEnd(), sent: 1 },
  { file: 'TRUSTED CERTIFICATE label', text: rsa.key + trusted, sent: 1 },
  { file: 'X509 CERTIFICATE label', text: rsa.key + rsa.cert.replaceAll('CERTIFICATE', 'X509 CERTIFICATE'), sent: 1 },
  {
    file: 'DH parameters behind',
    text: `${rsa.key}${rsa.cert}-----BEGIN DH PARAMETERS-----\nAAAA\n-----END DH PARAMETERS-----\n`,
    sent: 1,
  },
  { file: 'encrypted key with its pass phrase', text: encrypted + rsa.cert, passphrase: 'secret', sent: 1 },
  {
    file: 'encrypted key of the old form with its pass phrase',
    text: encryptedOld + rsa.cert,
    passphrase: 'secret',
    sent: 1,
  },

  {
    file: 'chain with its root',
    text: leaf.key + leaf.cert + middle.cert + root.cert,
    sent: 3,
    says: ['block 4: CN=Root is a root: clients have it already or do not trust it, so leave it out'],
  },
  {
    file: 'intermediate before the leaf',
    text: leaf.key + middle.cert + leaf.cert,
    sent: 2,
    says: [
      'block 2: CN=Middle appears before the certificate it issued; the blocks are sent in the order 3, 2. Other ' +
        'programs fail here: put the leaf first',
    ],
  },
  {
    file: 'two keys, the right one first',
    text: rsa.key + rsaOther.key + rsa.cert,
    sent: 1,
    says: ['block 2: this private key (RSA 2048) is not used: it is not the one of the certificate'],
  },
  {
    file: 'two keys, the wrong one first',
    text: other.key + rsa.key + rsa.cert,
    sent: 1,
    says: ['block 1: this private key (EC P-256) is not used: it is not the one of the certificate'],
  },
  {
    file: 'the leaf twice',
    text: leaf.key + leaf.cert + leaf.cert + middle.cert,
    sent: 2,
    says: ['block 3: CN=dev-coltrane is in this file twice; it is sent once'],
  },
  {
    file: 'a certificate of somebody else',
    text: rsa.key + rsa.cert + other.cert,
    sent: 1,
    says: ['block 3: CN=other is not part of the chain of CN=dev-rsa; it is not sent'],
  },
  {
    file: 'a certificate request besides',
    text: rsa.key + rsa.cert + request,
    sent: 1,
    says: ['block 3: a CERTIFICATE REQUEST has no use here'],
  },
  {
    file: 'Ed25519',
    text: ed25519.key + ed25519.cert,
    sent: 1,
    says: ['block 2: browsers do not accept ED25519 certificates; use EC P-256'],
  },
  {
    file: 'SHA-1 signature',
    text: sha1.key + sha1.cert,
    sent: 1,
    says: ['block 2: it is signed with RSA-SHA1, which clients no longer trust'],
  },
  {
    file: 'no name',
    text: nameless.key + nameless.cert,
    sent: 1,
    says: ['block 2: it names no host (no subjectAltName): browsers and Node.js ignore the common name and refuse it'],
  },
  {
    file: 'not for servers',
    text: clientOnly.key + clientOnly.cert,
    sent: 1,
    says: ['block 2: it is not meant for servers (extendedKeyUsage lacks serverAuth)'],
  },
  {
    file: 'expired',
    text: rsa.key + rsa.cert,
    at: new Date(now.getTime() + 91 * DAY),
    sent: 1,
    says: ['block 2: CN=dev-rsa EXPIRED on DATE: clients will refuse it'],
  },
  {
    file: 'not yet valid',
    text: rsa.key + rsa.cert,
    at: new Date(now.getTime() - DAY),
    sent: 1,
    says: ['block 2: CN=dev-rsa is NOT YET VALID: it starts on DATE'],
  },
  {
    file: 'less than a third of its life left',
    text: rsa.key + rsa.cert,
    at: new Date(now.getTime() + 70 * DAY),
    sent: 1,
    says: ['block 2: CN=dev-rsa expires on DATE, in 19 days: less than a third of its life is left'],
  },

  {
    file: 'leaf without its intermediate',
    text: leaf.key + leaf.cert,
    sent: 1,
    says: [
      'block 2: CN=dev-coltrane was issued by CN=Middle, which is not in this file: clients that do not have it ' +
        'refuse the chain. Append its certificate; a root of your own that clients trust may stay out',
    ],
  },
  { file: 'leaf that a known root has issued', text: middle.key + middle.cert, sent: 1, says: NAMELESS },
  {
    file: 'intermediate of a public authority without the next one',
    text: leafOfFetched.key + leafOfFetched.cert + fetched.cert,
    sent: 2,
    says: [
      'block 3: CN=Fetched was issued by CN=Older, which is not in this file: clients that do not have it refuse ' +
        'the chain. Append its certificate; a root of your own that clients trust may stay out',
    ],
  },
  {
    file: 'intermediate of a root of the operator',
    text: leafOfNewer.key + leafOfNewer.cert + middleOfNewer.cert,
    sent: 2,
  },
  {
    file: 'expired cross-signed certificate behind a good chain',
    text: leafOfNewer.key + leafOfNewer.cert + middleOfNewer.cert + cross,
    at: new Date(now.getTime() + 20 * DAY),
    sent: 3,
    says: [
      'block 4: CN=Newer EXPIRED on DATE: clients that have a root of that name and key (it was cross-signed) ' +
        'accept the rest, so leave it out; others will refuse the chain',
    ],
  },
  {
    file: 'expired cross-signed certificate of a known root',
    text: leafOfNewer.key + leafOfNewer.cert + middleOfNewer.cert + cross,
    at: new Date(now.getTime() + 20 * DAY),
    roots: [newer.cert],
    sent: 3,
    says: [
      'block 4: CN=Newer EXPIRED on DATE and is not needed: clients have a root of that name and key and accept the rest. Leave it out',
    ],
  },
  {
    file: 'expired and valid certificate of one authority',
    text: leafOfNewer.key + leafOfNewer.cert + middleOfNewer.cert + cross + newer.cert,
    at: new Date(now.getTime() + 20 * DAY),
    sent: 3,
    says: [
      'block 4: CN=Newer is not part of the chain of CN=crossed; it is not sent',
      'block 5: CN=Newer is a root: clients have it already or do not trust it, so leave it out',
    ],
  },
  {
    file: 'expired intermediate that is needed',
    text: leafOfNewer.key + leafOfNewer.cert + middleOfNewer.cert,
    at: new Date(now.getTime() + 3700 * DAY),
    sent: 2,
    says: [
      'block 2: CN=crossed EXPIRED on DATE: clients will refuse it',
      'block 3: CN=Middle 2 EXPIRED on DATE: clients will refuse it',
    ],
  },
  {
    file: 'key of another type',
    text: other.key + rsa.cert,
    sent: 0,
    says: ['block 1: this private key (EC P-256) does not belong to certificate CN=dev-rsa (RSA 2048)'],
  },
  {
    file: 'key of the same type',
    text: rsaOther.key + rsa.cert,
    sent: 0,
    says: ['block 1: this private key (RSA 2048) does not belong to certificate CN=dev-rsa (RSA 2048)'],
  },
  {
    file: 'encrypted key',
    text: encrypted + rsa.cert,
    sent: 0,
    says: ["block 1: the private key is encrypted: write its pass phrase into a file and name that with 'keyPassFile'"],
  },
  {
    file: 'encrypted key of the old form',
    text: encryptedOld + rsa.cert,
    sent: 0,
    says: ["block 1: the private key is encrypted: write its pass phrase into a file and name that with 'keyPassFile'"],
  },
  {
    file: 'encrypted key with a wrong pass phrase',
    text: encrypted + rsa.cert,
    passphrase: 'sesame',
    sent: 0,
    says: ['block 1: the pass phrase does not open the private key'],
  },
  {
    file: "ssh's form of key",
    text: openssh + rsa.cert,
    sent: 0,
    says: ["block 1: this is a key of ssh's own form; 'ssh-keygen -p -m PEM -f FILE' converts it"],
  },
  {
    file: 'cat without a newline between the files',
    text: rsa.key.trimEnd() + rsa.cert,
    sent: 0,
    says: [
      "block 1: 'END PRIVATE KEY' and 'BEGIN CERTIFICATE' are on one line: a file without a newline at its end was put in front of another; break the line between them",
    ],
  },
  {
    file: 'every line indented',
    text: (rsa.key + rsa.cert).replaceAll(/^/gm, '  '),
    sent: 0,
    says: [
      'block 1: the BEGIN line is indented; every line of a PEM file starts in the first column',
      'block 2: the BEGIN line is indented; every line of a PEM file starts in the first column',
    ],
  },
  {
    file: 'cut off at the end',
    text: (rsa.key + rsa.cert).slice(0, -60),
    sent: 0,
    says: ['block 2: the CERTIFICATE that begins here has no END line: the file is cut off'],
  },
  {
    file: 'cut off in the middle',
    text: rsa.key.slice(0, 400) + '\n' + rsa.cert,
    sent: 0,
    says: ['block 1: the PRIVATE KEY that begins here has no END line before the next BEGIN on line 8: it is cut off'],
  },
  {
    file: 'base64 damaged',
    text: rsa.key + rsa.cert.replace('\nMII', '\nM*I'),
    sent: 0,
    says: ["block 2: its text is not base64: it holds '*'"],
  },
  {
    file: 'a line of base64 lost',
    text: rsa.key + rsa.cert.split('\n').toSpliced(5, 1).join('\n'),
    sent: 0,
    says: ['block 2: the certificate cannot be read: its contents are damaged'],
  },
  {
    file: 'key damaged',
    text: rsa.key.split('\n').toSpliced(5, 1).join('\n') + rsa.cert,
    sent: 0,
    says: ['block 1: the PRIVATE KEY cannot be read: its contents are damaged'],
  },
  {
    file: 'empty',
    text: '',
    sent: 0,
    says: [
      'this file is empty',
      "no private key in this file: put it in (cat cert.key cert.pem) or name its file with 'key'",
    ],
  },
  {
    file: 'DER',
    text: openssl.run(['x509', '-outform', 'DER'], rsa.cert).toString('utf8'),
    sent: 0,
    says: [
      "this is binary (DER), not PEM: 'openssl x509 -inform DER -in FILE' converts a certificate",
      "no private key in this file: put it in (cat cert.key cert.pem) or name its file with 'key'",
    ],
  },
  { file: 'only a key', text: rsa.key, sent: 0, says: ['no certificate in this file, only a private key'] },
  {
    file: 'only a certificate',
    text: rsa.cert,
    sent: 0,
    says: ["no private key in this file: put it in (cat cert.key cert.pem) or name its file with 'key'"],
  },
  {
    file: 'a request instead of a certificate',
    text: rsa.key + request,
    sent: 0,
    says: [
      'block 2: a CERTIFICATE REQUEST has no use here',
      'this file holds a certificate request, not the certificate that was issued for it',
    ],
  },
  {
    file: 'RSA 1024',
    text: weak.key + weak.cert,
    sent: 0,
    says: ['block 2: its key is too small: RSA 1024, at least RSA 2048 is needed'],
  },
];

describe('makeBundle', () => {
  for (const { file, text, key, passphrase, at, roots = [root.cert], sent, says = [] } of cases) {
    it(`${sent === 0 ? 'refuses' : 'takes'}: ${file}`, () => {
      const { bundle, findings } = makeBundle({
        cert: { file: 'F', text },
        key: key === undefined ? undefined : { file: 'K', text: key },
        passphrase,
        now: at ?? now,
        roots: new RootList(roots),
      });
      const said = findings.map((finding) =>
        formatFinding(finding)
          .replace(/^F: /, '')
          .replace(/\d{4}-\d\d-\d\d/, 'DATE'),
      );
      assert.deepEqual(
        said.map((message) => message.replace(/ \(line \d+\)/, '')),
        says,
      );
      for (const { line } of findings) {
        if (line !== undefined) assert.match(text.split('\n')[line - 1] ?? '', /-----BEGIN /);
      }
      assert.equal(bundle?.chain.length ?? 0, sent);
      assert.equal(
        findings.some(({ severity }) => severity === 'error'),
        sent === 0,
      );
      if (bundle !== undefined) createSecureContext({ key: bundle.keyPem, cert: bundle.certPem });
    });
  }

  it('says which of two files a problem is in', () => {
    const { findings } = makeBundle({ cert: { file: 'C', text: rsa.cert }, key: { file: 'K', text: other.key }, now });
    assert.match(findings.map(formatFinding).join(), /^K: block 1 \(line 1\): this private key/);
  });
});
