/** Certificates and revocation lists in the lines that HAProxy prints. */
import { X509Certificate } from 'node:crypto';
import { certificateParts } from '@headgate/shared/x509/certificate';
import { derTag, derTime, oidText, readDer, readDerList, type Element } from '@headgate/shared/x509/der';
import { nameLine } from '@headgate/shared/x509/name';
import { signatureNames } from '@headgate/shared/x509/signature-names';
import { keyAlgorithm } from '../certificate/describe.ts';
import { readPem } from '../certificate/pem.ts';

/** Serial, dates, names and key of one certificate. */
export function certificateLines(certificate: X509Certificate): readonly string[] {
  return [
    `Serial: ${certificate.serialNumber}`,
    `notBefore: ${certificate.validFrom}`,
    `notAfter: ${certificate.validTo}`,
    `Subject Alternative Name: ${certificate.subjectAltName ?? ''}`,
    `Algorithm: ${keyAlgorithm(certificate.publicKey)}`,
    `SHA1 FingerPrint: ${certificate.fingerprint.replaceAll(':', '')}`,
    `Subject: ${subjectLine(certificate)}`,
    `Issuer: ${issuerLine(certificate)}`,
  ];
}

/** A certificate with its chain, as `show ssl cert FILE` has it. */
export function chainLines(text: string): readonly string[] {
  const [leaf, ...chain] = certificatesIn(text);
  if (leaf === undefined) return [];
  const above = chain.flatMap((each) => [`Chain Subject: ${subjectLine(each)}`, `Chain Issuer: ${issuerLine(each)}`]);
  return [...certificateLines(leaf), ...above];
}

export function certificatesIn(text: string): readonly X509Certificate[] {
  return readPem(text)
    .blocks.filter(({ label }) => label.endsWith('CERTIFICATE'))
    .map((block) => new X509Certificate(block.text));
}

/** A revocation list (RFC 5280 §5.1); what cannot be read is said in one line. */
export function revocationLines(pem: string): readonly string[] {
  const [block] = readPem(pem).blocks;
  try {
    return listLines(block?.der ?? Buffer.alloc(0));
  } catch {
    return ['it cannot be read'];
  }
}

function listLines(der: Buffer): readonly string[] {
  const [body] = readDerList(readDer(der).value);
  const fields = readDerList(body?.value ?? Buffer.alloc(0));
  const [version, algorithm, issuer, thisUpdate, ...rest] =
    fields[0]?.tag === derTag.integer ? fields : [undefined, ...fields];
  const nextUpdate = rest[0]?.tag === derTag.sequence ? undefined : rest.shift();
  const revoked = rest[0]?.tag === derTag.sequence ? readEntries(rest[0]) : [];
  return [
    `Version ${(version?.value[0] ?? 0) + 1}`,
    `Signature Algorithm: ${algorithmName(algorithm)}`,
    `Issuer: ${issuer === undefined ? '' : nameLine(issuer)}`,
    `Last Update: ${time(thisUpdate)}`,
    ...(nextUpdate?.tag === derTag.utcTime || nextUpdate?.tag === derTag.generalizedTime
      ? [`Next Update: ${time(nextUpdate)}`]
      : []),
    ...(revoked.length === 0 ? ['No Revoked Certificates.'] : ['Revoked Certificates:']),
    ...revoked.flatMap(({ serial, date }) => [`    Serial Number: ${serial}`, `        Revocation Date: ${date}`]),
  ];
}

/** At most a thousand are printed. */
function readEntries(list: Element): readonly { readonly serial: string; readonly date: string }[] {
  const entries: { serial: string; date: string }[] = [];
  for (let offset = 0; offset < list.value.length && entries.length < 1000;) {
    const entry = readDer(list.value, offset);
    offset += entry.raw.length;
    const [serial, date] = readDerList(entry.value);
    entries.push({
      serial: (serial?.value ?? Buffer.alloc(0))
        .toString('hex')
        .replace(/^0+(?=.)/, '')
        .toUpperCase(),
      date: time(date),
    });
  }
  return entries;
}

function algorithmName(algorithm: Element | undefined): string {
  const [oid] = readDerList(algorithm?.value ?? Buffer.alloc(0));
  const text = oidText(oid?.value ?? Buffer.alloc(0));
  return signatureNames[text] ?? text;
}

/** `Apr 23 14:45:39 2021 GMT`. */
function time(element: Element | undefined): string {
  const date = element === undefined ? undefined : derTime(element);
  return date === undefined ? '' : openSslDate(date);
}

export function openSslDate(date: Date): string {
  const [, day = '', month = '', year = '', clock = ''] =
    /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(date.toUTCString()) ?? [];
  return `${month} ${day.replace(/^0/, ' ')} ${clock} ${year} GMT`;
}

function subjectLine({ raw }: X509Certificate): string {
  const parts = certificateParts(raw);
  return parts === undefined ? '' : nameLine(parts.subject);
}

function issuerLine({ raw }: X509Certificate): string {
  const parts = certificateParts(raw);
  return parts === undefined ? '' : nameLine(parts.issuer);
}
