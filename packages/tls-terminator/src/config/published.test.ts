/** What people are shown: the configuration in configs/ and the reference in docs/. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { OpenSsl, SERVER } from '../certificate/fixtures/openssl.ts';
import { HARMLESS_VALUES, OBSOLETE, UNSUPPORTED } from './absent.ts';
import type { Directive } from './directive.ts';
import { globalDirectives, serviceDirectives } from './directives.ts';
import { loadConfig } from './load.ts';

const BEGIN = '<!-- generated: begin -->\n';
const END = '<!-- generated: end -->\n';
const top = join(import.meta.dirname, '../../../..');
const openssl = new OpenSsl();
after(() => openssl.remove());

describe('configs/tls-terminator.yaml', () => {
  it('compiles, once the certificate it names is there', async () => {
    const { key, cert } = openssl.issue({ name: 'dev', extensions: SERVER('DNS:dev') });
    const text = readFileSync(join(top, 'configs/tls-terminator.yaml'), 'utf8');
    const placed = text.replace(/^cert: .*/m, `cert: ${openssl.write('cert.key_pem', key + cert)}`);
    const { snapshot, problems } = await loadConfig([openssl.write('tls-terminator.yaml', placed)]);
    assert.deepEqual(problems, []);
    const [https] = snapshot?.services ?? [];
    assert.equal(https?.proxyProtocol, 2);
    assert.deepEqual(https.timeouts, { busy: 10_000, connect: 5000, idle: 86_400_000, close: 60_000 });
  });
});

/** One option as docs/tls-terminator.md has it. */
function entry([name, about]: readonly [
  string,
  Pick<Directive<never>, 'summary' | 'takes' | 'default' | 'example' | 'repeatable'>,
]): string {
  const takes = about.repeatable === true ? `${about.takes}; may be given several times` : about.takes;
  const byDefault = about.default === '' ? 'none; it has to be given' : about.default;
  return `### \`${name}\`\n\n${about.summary}\n\n- takes: ${takes}\n- default: ${byDefault}\n- example: \`${about.example}\`\n`;
}

function reference(): string {
  return [
    '## Options of the process\n',
    ...Object.entries(globalDirectives).map(entry),
    '## Options of a service\n',
    ...Object.entries(serviceDirectives).map(entry),
    "## Options of stunnel's that are not here\n",
    'These stop the start, unless their value asks for nothing:\n',
    table('what to do instead', Object.entries(UNSUPPORTED).map(refused)),
    'These are accepted with a warning, since nothing changes without them:\n',
    table('why', Object.entries(OBSOLETE)),
  ].join('\n');
}

function refused([name, instead]: readonly [string, string]): readonly [string, string] {
  const harmless = HARMLESS_VALUES[name]?.map((value) => `\`${value}\``).join(', ');
  return [name, harmless === undefined ? instead : `${instead} (accepted: ${harmless})`];
}

function table(head: string, rows: readonly (readonly [string, string])[]): string {
  return [`| option | ${head} |`, '|---|---|', ...rows.map(([name, text]) => `| \`${name}\` | ${text} |`), ''].join(
    '\n',
  );
}

describe('docs/tls-terminator.md', () => {
  const page = join(top, 'docs/tls-terminator.md');

  it('describes every option as the program does (UPDATE_GOLDEN=1 writes it)', () => {
    const text = readFileSync(page, 'utf8');
    const before = text.slice(0, text.indexOf(BEGIN) + BEGIN.length);
    const wanted = `${before}\n${reference()}\n${text.slice(text.indexOf(END))}`;
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(page, wanted);
    assert.equal(readFileSync(page, 'utf8'), wanted);
  });
});
