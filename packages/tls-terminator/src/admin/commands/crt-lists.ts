import type { CertificateList } from '../../model/served.ts';
import type { Commands } from '../command.ts';
import { linesOf } from '../lines.ts';

type Line = CertificateList['lines'][number];

/** Lists of certificates: HAProxy's words and its answers. */
export const crtLists = {
  'show ssl crt-list': {
    usage: '[-n] [<list>]',
    text: 'show the list of crt-lists or the content of a crt-list',
    level: 'admin',
    run(words, { certificates }) {
      const numbered = words[0] === '-n';
      const name = words[numbered ? 1 : 0];
      if (name === undefined) return linesOf(certificates.lists.map(({ file }) => file));
      const list = certificates.list(name);
      if (list === undefined) return "didn't find the specified filename\n";
      return linesOf([`# ${list.file}`, ...list.lines.map((line) => written(line, numbered))]);
    },
  },
  'add ssl crt-list': {
    usage: '<list> <cert> | <list> <payload>',
    text: 'add to crt-list file <list> a line <cert> or a payload',
    level: 'admin',
    async run([name, certificate], { certificates }, _session, payload) {
      const line = certificate ?? payload?.trim().split('\n')[0];
      if (name === undefined || line === undefined || line === '')
        return "'add ssl crtlist' expects a filename and a certificate name\n";
      const refuse = (why: string): string => `Can't edit the crt-list: ${why}\n`;
      const list = certificates.list(name);
      if (list === undefined) return refuse(`crt-list '${name}' does not exist!`);
      if (list.text === undefined)
        return refuse(`'${name}' is a directory: put the file there, it is found at the next reload`);
      const [file = ''] = line.split(/\s/);
      const found = certificates.find(file);
      if (found === undefined) return refuse(`certificate '${file}' does not exist!`);
      if (found.state === 'Empty') return refuse(`certificate '${file}' is empty!`);
      const before = list.text.endsWith('\n') || list.text === '' ? list.text : `${list.text}\n`;
      const wrong = await certificates.edit(list, `${before}${line}\n`);
      if (wrong.length > 0) return refuse(wrong.join('\n'));
      return `Inserting certificate '${file}' in crt-list '${name}'.\nSuccess!\n`;
    },
  },
  'del ssl crt-list': {
    usage: '<list> <cert>[:<line>]',
    text: 'delete a line <cert> from crt-list file <list>',
    level: 'admin',
    async run([name, wanted], { certificates }) {
      if (name === undefined || wanted === undefined)
        return "'del ssl crtlist' expects a filename and a certificate name\n";
      const refuse = (why: string): string => `Can't delete the entry: ${why}\n`;
      const list = certificates.list(name);
      if (list === undefined) return refuse(`crt-list '${name}' does not exist!`);
      if (list.text === undefined) return refuse(`'${name}' is a directory: remove the file there`);
      const [, file = '', number] = /^(.*?)(?::(\d+))?$/.exec(wanted) ?? [];
      if (certificates.find(file) === undefined) return refuse(`certificate '${file}' does not exist!`);
      const lines = list.lines.filter(({ certificate }) => certificate === file);
      const [first] = lines;
      const numbers = lines.map((line) => line.number).join(', ');
      if (first === undefined) return refuse(`certificate '${file}' can't be found in crt-list '${name}'!`);
      const line =
        number === undefined
          ? lines.length === 1
            ? first
            : undefined
          : lines.find((each) => each.number === Number(number));
      if (line === undefined)
        return refuse(
          number === undefined
            ? `found the certificate '${file}' in several entries, please specify a line number preceded by colons (${numbers})!`
            : `found a certificate '${file}' but the line number is incorrect, please specify a correct line number preceded by colons (${numbers})!`,
        );
      // An empty line in its place: the others keep their numbers.
      const text = list.text
        .split('\n')
        .with(line.number - 1, '')
        .join('\n');
      const wrong = await certificates.edit(list, text);
      if (wrong.length > 0) return refuse(wrong.join('\n'));
      return `Entry '${file}' deleted in crtlist '${name}'!\n`;
    },
  },
} as const satisfies Commands;

function written({ certificate, number, options, names }: Line, numbered: boolean): string {
  const file = numbered && number > 0 ? `${certificate}:${number}` : certificate;
  return [file, ...(options === '' ? [] : [options]), ...names].join(' ');
}
