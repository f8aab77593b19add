/** Links in documents resolve, and indexes are complete. */
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { inRepository } from '../../support/programs.ts';

const pages = globSync(['*.md', 'docs/**/*.md', 'packages/*/README.md'], { cwd: inRepository('.') });

/** The text without code, where brackets are not links. */
function prose(page: string): string {
  return readFileSync(inRepository(page), 'utf8')
    .replaceAll(/^```[^]*?^```/gm, '')
    .replaceAll(/`[^`\n]*`/g, 'code');
}

/** The anchor of a heading, as GitHub generates it. */
function anchors(page: string): readonly string[] {
  const used = new Map<string, number>();
  return [...readFileSync(inRepository(page), 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => {
    const name = heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-');
    const times = used.get(name) ?? 0;
    used.set(name, times + 1);
    return times === 0 ? name : `${name}-${times}`;
  });
}

for (const page of pages) {
  test(`every link of ${page} resolves`, () => {
    for (const [, link = ''] of prose(page).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(link)) continue;
      const [file = '', anchor] = link.split('#');
      const path = file === '' ? page : join(dirname(page), file);
      assert.ok(existsSync(inRepository(path)), link);
      if (anchor !== undefined) assert.ok(anchors(path).includes(anchor), link);
    }
  });
}

test('every page and every decision is in its index', () => {
  const docs = readFileSync(inRepository('docs/README.md'), 'utf8');
  for (const page of globSync('*.md', { cwd: inRepository('docs') })) {
    if (page !== 'README.md') assert.ok(docs.includes(`(${page})`), page);
  }
  const log = readFileSync(inRepository('docs/adr/README.md'), 'utf8');
  const decisions = globSync('[0-9]*.md', { cwd: inRepository('docs/adr') }).toSorted();
  decisions.forEach((decision, index) => {
    assert.ok(decision.startsWith(String(index + 1).padStart(4, '0')), `${decision}: numbers are consecutive`);
    assert.ok(log.includes(`(${decision})`), decision);
  });
});

test('the code map of ARCHITECTURE.md names only existing folders and files', () => {
  const text = readFileSync(inRepository('ARCHITECTURE.md'), 'utf8');
  for (const name of ['shared', 'tls-terminator', 'router', 'headgate']) {
    const section =
      text.slice(text.indexOf(`\`packages/${name}/src\``)).split(/\n\n(?=`packages|`examples|## )/)[0] ?? '';
    const named = [...section.matchAll(/^\| (.*?) \|/gm)].flatMap(([, cell = '']) =>
      [...cell.matchAll(/`([^`]+)`/g)].map(([, path = '']) => path),
    );
    assert.ok(named.length > 3, name);
    for (const path of named) assert.ok(existsSync(inRepository(`packages/${name}/src/${path}`)), `${name}: ${path}`);
  }
});
