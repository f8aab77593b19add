import { isIPv4, isIPv6 } from 'node:net';

/** The 4 or 16 bytes of an address; undefined for anything else. */
export function addressBytes(text: string): Buffer | undefined {
  if (isIPv4(text)) return Buffer.from(text.split('.').map(Number));
  if (!isIPv6(text) || text.includes('%')) return undefined;
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  const [, start = text, last] = dotted ?? [];
  const bytes = Buffer.alloc(16);
  const width = last === undefined ? 16 : 12;
  const [head = '', tail] = (last === undefined ? text : start.replace(/(?<!:):$/, '')).split('::');
  const groups = (part: string): number[] => (part === '' ? [] : part.split(':').map((group) => parseInt(group, 16)));
  for (const [index, group] of groups(head).entries()) bytes.writeUInt16BE(group, index * 2);
  const after = groups(tail ?? '');
  for (const [index, group] of after.entries()) bytes.writeUInt16BE(group, width - (after.length - index) * 2);
  if (last !== undefined) bytes.set(last.split('.').map(Number), 12);
  return bytes;
}

/** The text of 4 or 16 bytes, as inet_ntop writes it: the longest run of zeros shortened, ::ffff:1.2.3.4 with dots. */
export function addressText(bytes: Uint8Array): string {
  if (bytes.length === 4) return [...bytes].join('.');
  const groups = Array.from({ length: 8 }, (_, index) => ((bytes[index * 2] ?? 0) << 8) | (bytes[index * 2 + 1] ?? 0));
  let best = { start: -1, length: 1 };
  for (let start = 0; start < 8; start += 1) {
    let length = 0;
    while (start + length < 8 && groups[start + length] === 0) length += 1;
    if (length > best.length) best = { start, length };
  }
  const hex = (from: number, to: number): string =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(':');
  const mapped = best.start === 0 && (best.length === 6 || (best.length === 5 && groups[5] === 0xffff));
  if (mapped) return `::${best.length === 5 ? 'ffff:' : ''}${bytes.slice(12).join('.')}`;
  if (best.start < 0) return hex(0, 8);
  return `${hex(0, best.start)}::${hex(best.start + best.length, 8)}`;
}
