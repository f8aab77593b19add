import type { Commands } from '../command.ts';
import { chainLines } from '../describe.ts';
import { aborted, committed, linesOf } from '../lines.ts';
import { setResponse } from './ocsp.ts';
import { ocspKey } from '../ocsp-key.ts';

/** Certificates: HAProxy's words and its answers. */
export const certificates = {
  'show ssl cert': {
    usage: '[<certfile>]',
    text: 'display the SSL certificates used in memory, or the details of a file',
    level: 'operator',
    run([name], { certificates: store, staples }) {
      if (name === undefined) {
        const prepared = store.prepared === undefined ? [] : ['# transaction', `*${store.prepared}`];
        return linesOf([...prepared, '# filename', ...store.files]);
      }
      const found = store.find(name);
      if (found === undefined) return "Can't display the certificate: Not found or the certificate is a bundle!\n";
      const staple = staples.status.find(({ file }) => file === name);
      const key = staple?.response === undefined ? '' : ocspKey(staple);
      const details = found.state === 'Empty' ? [] : chainLines(found.text);
      return linesOf([`Filename: ${name}`, `Status: ${found.state}`, ...details, `OCSP Response Key: ${key}`]);
    },
  },
  'new ssl cert': {
    usage: '<certfile>',
    text: 'create a new certificate file to be used in a crt-list or a directory',
    level: 'admin',
    run([name], { certificates: store }) {
      if (name === undefined) return "'new ssl cert' expects a filename\n";
      const refused = store.create(name);
      return refused === undefined ? `New empty certificate store '${name}'!\n` : `${refused}\n`;
    },
  },
  'set ssl cert': {
    usage: '<certfile> <payload>',
    text: 'replace a certificate file',
    level: 'admin',
    run([name], desk, _session, payload) {
      const { certificates: store } = desk;
      if (name === undefined || payload === undefined)
        return "'set ssl cert expects a filename and a certificate as a payload\n";
      if (name.endsWith('.ocsp')) return setResponse(payload, desk);
      const result = store.prepare(name, payload);
      if ('refused' in result) return `${result.refused}\nCan't update ${name}!\n`;
      return `Transaction ${result.created ? 'created' : 'updated'} for certificate ${result.file}!\n`;
    },
  },
  'commit ssl cert': {
    usage: '<certfile>',
    text: 'commit a certificate file',
    level: 'admin',
    async run([name], { certificates: store }) {
      if (name === undefined) return "'commit ssl cert expects a filename\n";
      return committed(name, store.prepared, await store.commit(name));
    },
  },
  'abort ssl cert': {
    usage: '<certfile>',
    text: 'abort a transaction for a certificate file',
    level: 'admin',
    run([name], { certificates: store }) {
      if (name === undefined) return "'abort ssl cert' expects a filename\n";
      return aborted('certificate', name, store.abort(name));
    },
  },
  'del ssl cert': {
    usage: '<certfile>',
    text: 'delete an unused certificate file',
    level: 'admin',
    async run([name], { certificates: store }) {
      if (name === undefined) return "'del ssl cert' expects a certificate name\n";
      const refused = await store.remove(name);
      return refused === undefined
        ? `Certificate '${name}' deleted!\n`
        : `Can't remove the certificate: ${refused}\n\n`;
    },
  },
} as const satisfies Commands;
