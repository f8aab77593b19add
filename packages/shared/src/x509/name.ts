import { derTag, oidText, readDer, readDerList } from './der.ts';
import type { Element } from './der.ts';

/** One attribute of a distinguished name. */
export interface NameEntry {
  /** OpenSSL's short name, `CN`, or the object identifier. */
  readonly name: string;
  /** The bytes as they are in the certificate. */
  readonly value: Buffer;
  /** It belongs to the same relative name as the one before it (`+` in RFC 2253). */
  readonly joined: boolean;
  readonly tag: number;
}

/** OpenSSL's short names (objects.txt) of what subjects hold. */
const SHORT_NAMES: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.4': 'SN',
  '2.5.4.5': 'serialNumber',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.9': 'street',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '2.5.4.12': 'title',
  '2.5.4.13': 'description',
  '2.5.4.15': 'businessCategory',
  '2.5.4.17': 'postalCode',
  '2.5.4.20': 'telephoneNumber',
  '2.5.4.41': 'name',
  '2.5.4.42': 'GN',
  '2.5.4.43': 'initials',
  '2.5.4.44': 'generationQualifier',
  '2.5.4.45': 'x500UniqueIdentifier',
  '2.5.4.46': 'dnQualifier',
  '2.5.4.65': 'pseudonym',
  '2.5.4.97': 'organizationIdentifier',
  '0.9.2342.19200300.100.1.1': 'UID',
  '0.9.2342.19200300.100.1.25': 'DC',
  '1.2.840.113549.1.9.1': 'emailAddress',
  '1.2.840.113549.1.9.2': 'unstructuredName',
  '1.3.6.1.4.1.311.60.2.1.1': 'jurisdictionL',
  '1.3.6.1.4.1.311.60.2.1.2': 'jurisdictionST',
  '1.3.6.1.4.1.311.60.2.1.3': 'jurisdictionC',
};

/** The attributes of a name, in their order; empty when it cannot be read. */
export function nameEntries(name: Element): readonly NameEntry[] {
  try {
    return readDerList(name.value).flatMap((set) =>
      readDerList(set.value).map((pair, index): NameEntry => {
        const [type, value] = readDerList(pair.value);
        const oid = type?.tag === derTag.oid ? oidText(type.value) : '';
        return {
          name: SHORT_NAMES[oid] ?? oid,
          value: value?.value ?? Buffer.alloc(0),
          joined: index > 0,
          tag: value?.tag ?? 0,
        };
      }),
    );
  } catch {
    return [];
  }
}

/** `/C=FR/O=Example/CN=alice`: the bytes of the values as they are. */
export function nameLine(name: Element): string {
  return nameEntries(name)
    .map(({ name: type, value }) => `/${type}=${value.toString('latin1')}`)
    .join('');
}

/** `CN=alice,O=Example,C=FR` (RFC 2253), as OpenSSL escapes it. */
export function nameRfc2253(name: Element): string {
  let text = '';
  for (const entry of nameEntries(name).toReversed()) {
    text += `${entry.name}=${escaped(textOf(entry))}${entry.joined ? '+' : ','}`;
  }
  return text.slice(0, -1);
}

/** The value of the `position`th attribute of this name, from 1; negative counts from the end. */
export function nameEntry(name: Element, type: string, position: number): string | undefined {
  const found = nameEntries(name).filter((entry) => entry.name === type);
  const at = position < 0 ? found.length + position : Math.max(position, 1) - 1;
  return found[at]?.value.toString('latin1');
}

/** BMPString and UniversalString are wide, all other strings are taken as UTF-8. */
function textOf({ tag, value }: NameEntry): Buffer {
  if (tag === 0x1e && value.length % 2 === 0) return Buffer.from(Buffer.from(value).swap16().toString('utf16le'));
  return value;
}

function escaped(value: Buffer): string {
  return [...value]
    .map((byte, index) => {
      const character = String.fromCharCode(byte);
      if (byte < 32 || byte > 126) return `\\${byte.toString(16).toUpperCase().padStart(2, '0')}`;
      const outer = index === 0 || index === value.length - 1;
      const special =
        ',+"\\<>;'.includes(character) || (index === 0 && character === '#') || (outer && character === ' ');
      return special ? `\\${character}` : character;
    })
    .join('');
}

/** The first element inside, as of an algorithm identifier. */
export function firstOid(algorithm: Element): string {
  const inner = readDer(algorithm.tag === derTag.oid ? algorithm.raw : algorithm.value);
  return inner.tag === derTag.oid ? oidText(inner.value) : '';
}
