import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  randomBytes,
} from 'node:crypto';
import { connect, type Socket } from 'node:net';

/*
 * A client of TLS 1.3 that no library wants to be: after a HelloRetryRequest it requests another server name than before. It knows
 * TLS_AES_128_GCM_SHA256 and X25519 alone, and believes every certificate.
 */

const X25519 = 0x001d;
const HELLO_RETRY = createHash('sha256').update('HelloRetryRequest').digest();
const [HANDSHAKE, APPLICATION] = [22, 23];
const [CERTIFICATE_REQUEST, FINISHED] = [13, 20];

/** What the server sends after the handshake in which two names were requested; '' when it ends the connection instead. */
export async function requestTwice(port: number, first: string, second: string, text: string): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1' });
  try {
    return await handshake(new Records(socket), first, second, text);
  } finally {
    socket.destroy();
  }
}

async function handshake(records: Records, first: string, second: string, text: string): Promise<string> {
  const pair = generateKeyPairSync('x25519');
  const id = randomBytes(32);
  const transcript: Buffer[] = [];
  const say = (hello: Buffer): void => {
    transcript.push(hello);
    records.write(HANDSHAKE, hello);
  };
  say(clientHello(first, id, []));
  const retry = await records.message();
  if (!retry.subarray(6, 38).equals(HELLO_RETRY)) throw new Error('no HelloRetryRequest came');
  const replaced = hash(transcript);
  transcript.splice(0, 1, Buffer.concat([Buffer.from([254, 0, 0, replaced.length]), replaced]), retry);
  const raw = pair.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  say(clientHello(second, id, [[X25519, raw]]));
  const answer = await records.message();
  transcript.push(answer);
  const secret = diffieHellman({ privateKey: pair.privateKey, publicKey: keyOf(shareIn(answer)) });
  const early = extract(Buffer.alloc(32), Buffer.alloc(32));
  const shared = extract(derive(early, 'derived', hash([])), secret);
  const client = derive(shared, 'c hs traffic', hash(transcript));
  records.reads(derive(shared, 's hs traffic', hash(transcript)));
  for (let message = await records.message(); ; message = await records.message()) {
    if (message[0] === CERTIFICATE_REQUEST) throw new Error('a certificate is asked for');
    transcript.push(message);
    if (message[0] === FINISHED) break;
  }
  const main = extract(derive(shared, 'derived', hash([])), Buffer.alloc(32));
  const done = hash(transcript);
  const proof = createHmac('sha256', expand(client, 'finished', Buffer.alloc(0), 32))
    .update(done)
    .digest();
  records.writes(client);
  records.write(HANDSHAKE, Buffer.concat([Buffer.from([FINISHED, 0, 0, proof.length]), proof]));
  records.writes(derive(main, 'c ap traffic', done));
  records.reads(derive(main, 's ap traffic', done));
  records.write(APPLICATION, Buffer.from(text));
  return records.text();
}

function clientHello(name: string, id: Buffer, shares: readonly (readonly [number, Buffer])[]): Buffer {
  const extensions = [
    extension(0, sized(2, Buffer.concat([Buffer.from([0]), sized(2, Buffer.from(name))]))),
    extension(10, sized(2, number(X25519))),
    extension(13, sized(2, Buffer.from('040308040805', 'hex'))),
    extension(43, sized(1, number(0x0304))),
    extension(51, sized(2, Buffer.concat(shares.map(([group, key]) => Buffer.concat([number(group), sized(2, key)]))))),
  ];
  const parts = [
    number(0x0303),
    Buffer.alloc(32, 1),
    sized(1, id),
    sized(2, number(0x1301)),
    sized(1, Buffer.from([0])),
  ];
  return Buffer.concat([Buffer.from([1]), sized(3, Buffer.concat([...parts, sized(2, Buffer.concat(extensions))]))]);
}

/** The key of the server: a ServerHello has two extensions, and the other one has four bytes less than a key. */
function shareIn(hello: Buffer): Buffer {
  const at = hello.indexOf(Buffer.from('00330024001d0020', 'hex'));
  return hello.subarray(at + 8, at + 40);
}

function keyOf(raw: Buffer): ReturnType<typeof createPublicKey> {
  return createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x: raw.toString('base64url') }, format: 'jwk' });
}

/** Records and what is in them. */
class Records {
  readonly #socket: Socket;
  readonly #chunks: AsyncIterator<Buffer>;
  #bytes = Buffer.alloc(0);
  #messages = Buffer.alloc(0);
  #reading: Keys | undefined;
  #writing: Keys | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#chunks = socket[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  reads(secret: Buffer): void {
    this.#reading = new Keys(secret);
  }

  writes(secret: Buffer): void {
    this.#writing = new Keys(secret);
  }

  write(type: number, bytes: Buffer): void {
    const keys = this.#writing;
    const sealed = keys === undefined ? bytes : keys.seal(Buffer.concat([bytes, Buffer.from([type])]));
    this.#socket.write(Buffer.concat([Buffer.from([keys === undefined ? type : APPLICATION, 3, 3]), sized(2, sealed)]));
  }

  /** The next message of the handshake. */
  async message(): Promise<Buffer> {
    for (;;) {
      const size = this.#messages.length < 4 ? Infinity : 4 + this.#messages.readUIntBE(1, 3);
      if (this.#messages.length >= size) {
        const message = this.#messages.subarray(0, size);
        this.#messages = this.#messages.subarray(size);
        return message;
      }
      const record = await this.#next();
      if (record === undefined) throw new Error('the server ended the handshake');
      if (record.type === HANDSHAKE) this.#messages = Buffer.concat([this.#messages, record.bytes]);
    }
  }

  /** The first bytes of the application; '' where the connection ends without any. */
  async text(): Promise<string> {
    for (let record = await this.#next(); record !== undefined; record = await this.#next())
      if (record.type === APPLICATION) return record.bytes.toString('latin1');
    return '';
  }

  async #next(): Promise<{ readonly type: number; readonly bytes: Buffer } | undefined> {
    const head = await this.#take(5);
    const body = head === undefined ? undefined : await this.#take(head.readUInt16BE(3));
    if (head === undefined || body === undefined) return undefined;
    if (head[0] !== APPLICATION || this.#reading === undefined) return { type: head[0] ?? 0, bytes: body };
    const plain = this.#reading.open(head, body);
    return { type: plain.at(-1) ?? 0, bytes: plain.subarray(0, -1) };
  }

  async #take(size: number): Promise<Buffer | undefined> {
    while (this.#bytes.length < size) {
      // A reset is an end here.
      const read = await this.#chunks.next().catch(() => undefined);
      if (read === undefined || read.done === true) return undefined;
      this.#bytes = Buffer.concat([this.#bytes, read.value]);
    }
    const taken = this.#bytes.subarray(0, size);
    this.#bytes = this.#bytes.subarray(size);
    return taken;
  }
}

/** AES-128-GCM of one direction (RFC 9846 §5.2). */
class Keys {
  readonly #key: Buffer;
  readonly #iv: Buffer;
  #count = 0;

  constructor(secret: Buffer) {
    this.#key = expand(secret, 'key', Buffer.alloc(0), 16);
    this.#iv = expand(secret, 'iv', Buffer.alloc(0), 12);
  }

  seal(plain: Buffer): Buffer {
    const cipher = createCipheriv('aes-128-gcm', this.#key, this.#nonce());
    cipher.setAAD(Buffer.concat([Buffer.from([APPLICATION, 3, 3]), number(plain.length + 16)]));
    return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  }

  open(head: Buffer, body: Buffer): Buffer {
    const decipher = createDecipheriv('aes-128-gcm', this.#key, this.#nonce());
    decipher.setAAD(head).setAuthTag(body.subarray(-16));
    return Buffer.concat([decipher.update(body.subarray(0, -16)), decipher.final()]);
  }

  #nonce(): Buffer {
    const nonce = Buffer.from(this.#iv);
    nonce.writeUInt32BE((nonce.readUInt32BE(8) ^ this.#count++) >>> 0, 8);
    return nonce;
  }
}

function extract(salt: Buffer, key: Buffer): Buffer {
  return createHmac('sha256', salt).update(key).digest();
}

function derive(secret: Buffer, label: string, context: Buffer): Buffer {
  return expand(secret, label, context, 32);
}

/** HKDF-Expand-Label, of no more than one hash. */
function expand(secret: Buffer, label: string, context: Buffer, size: number): Buffer {
  const info = Buffer.concat([
    number(size),
    sized(1, Buffer.from(`tls13 ${label}`)),
    sized(1, context),
    Buffer.from([1]),
  ]);
  return createHmac('sha256', secret).update(info).digest().subarray(0, size);
}

function hash(parts: readonly Buffer[]): Buffer {
  return createHash('sha256').update(Buffer.concat(parts)).digest();
}

function extension(type: number, body: Buffer): Buffer {
  return Buffer.concat([number(type), sized(2, body)]);
}

function sized(digits: 1 | 2 | 3, body: Buffer): Buffer {
  const length = Buffer.alloc(digits);
  length.writeUIntBE(body.length, 0, digits);
  return Buffer.concat([length, body]);
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}
