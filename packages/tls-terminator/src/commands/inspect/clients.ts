import type { Manner } from '@headgate/shared/doctor/talk';

/** A kind of client, and how it shakes hands. */
export interface ClientKind {
  readonly name: string;
  readonly manner: Manner;
  /** It requests no server name. */
  readonly nameless?: true;
}

const TLS13 = 'TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256';
const GCM =
  'ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384';
const CHACHA = 'ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305';
const CBC = 'ECDHE-ECDSA-AES128-SHA:ECDHE-RSA-AES128-SHA:ECDHE-ECDSA-AES256-SHA:ECDHE-RSA-AES256-SHA';
const RSA = 'AES128-GCM-SHA256:AES256-GCM-SHA384:AES128-SHA:AES256-SHA';
const SIGNATURES =
  'ECDSA+SHA256:RSA-PSS+SHA256:RSA+SHA256:ECDSA+SHA384:RSA-PSS+SHA384:RSA+SHA384:RSA-PSS+SHA512:RSA+SHA512';
const HTTP = ['h2', 'http/1.1'];

const modern: Manner = {
  minVersion: 'TLSv1.2',
  maxVersion: 'TLSv1.3',
  ciphers: [TLS13, GCM, CHACHA, 'ECDHE-RSA-AES128-SHA:ECDHE-RSA-AES256-SHA', RSA].join(':'),
  ecdhCurve: 'X25519MLKEM768:X25519:prime256v1:secp384r1',
  sigalgs: SIGNATURES,
  ALPNProtocols: HTTP,
};

/** What the clients say in their ClientHello, as far as it decides about certificate, version, cipher and group. */
export const CLIENTS: readonly ClientKind[] = [
  { name: 'modern browser (Chrome, Firefox)', manner: modern },
  { name: 'the same without a server name', manner: modern, nameless: true },
  {
    name: 'curl, OpenSSL 3.0',
    manner: {
      minVersion: 'TLSv1.2',
      maxVersion: 'TLSv1.3',
      ciphers: [TLS13, GCM, CHACHA, CBC, RSA].join(':'),
      ecdhCurve: 'X25519:prime256v1:X448:secp521r1:secp384r1',
      ALPNProtocols: HTTP,
    },
  },
  {
    name: 'browser of 2016 (TLS 1.2)',
    manner: { ...modern, maxVersion: 'TLSv1.2', ecdhCurve: 'X25519:prime256v1:secp384r1' },
  },
  {
    name: 'Java 8, before update 261',
    manner: {
      minVersion: 'TLSv1.2',
      maxVersion: 'TLSv1.2',
      ciphers: [GCM, CBC, RSA].join(':'),
      ecdhCurve: 'prime256v1:secp384r1:secp521r1',
      sigalgs: 'ECDSA+SHA512:RSA+SHA512:ECDSA+SHA384:RSA+SHA384:ECDSA+SHA256:RSA+SHA256',
    },
  },
  {
    name: 'RSA only, TLS 1.2 and 1.3',
    manner: {
      ...modern,
      ciphers: `${TLS13}:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384`,
      sigalgs: 'RSA-PSS+SHA256:RSA+SHA256:RSA-PSS+SHA384:RSA+SHA384',
    },
  },
  {
    name: 'Internet Explorer 11, Windows 7',
    manner: {
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.2',
      // GCM with EC keys alone.
      ciphers: `ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256:${CBC}:AES256-SHA:AES128-SHA`,
      ecdhCurve: 'prime256v1:secp384r1',
      sigalgs: 'RSA+SHA256:RSA+SHA384:ECDSA+SHA256:ECDSA+SHA384',
      ALPNProtocols: ['http/1.1'],
    },
  },
  {
    name: 'Java 7, Android 4 (TLS 1.0)',
    manner: {
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1',
      ciphers: `${CBC}:AES128-SHA:AES256-SHA:@SECLEVEL=0`,
      ecdhCurve: 'prime256v1:secp384r1:secp521r1',
    },
  },
];
