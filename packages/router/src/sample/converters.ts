import { addresses } from './convert/address.ts';
import { capturing } from './convert/captures.ts';
import { encodings } from './convert/encoding.ts';
import { hashes } from './convert/hash.ts';
import { json } from './convert/json.ts';
import { jwt } from './convert/jwt.ts';
import { maps } from './convert/map.ts';
import { messages } from './convert/messages.ts';
import { numbers } from './convert/number.ts';
import { others } from './convert/other.ts';
import { tables } from './convert/table.ts';
import { texts } from './convert/text.ts';
import { times } from './convert/time.ts';
import type { Converter } from './row.ts';

/** The families of converters, as docs/samples.md shows them. */
export const converterFamilies: Readonly<Record<string, Readonly<Record<string, Converter>>>> = {
  Texts: texts,
  'Integers and booleans': numbers,
  Addresses: addresses,
  Encodings: encodings,
  'Hashes and digests': hashes,
  'JSON and tokens': { ...json, ...jwt },
  'Messages of other protocols': messages,
  Times: times,
  Maps: maps,
  'Stick tables': tables,
  Captures: capturing,
  'Variables, secrets, languages': others,
};

/** Every converter by its keyword (HAProxy configuration manual §7.3.1): `hdr(host),host_only`. */
export const converters: Readonly<Record<string, Converter>> = Object.assign({}, ...Object.values(converterFamilies));
