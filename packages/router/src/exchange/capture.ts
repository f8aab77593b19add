/** Captures (configuration manual §4.2, `capture`): what a log line keeps of the heads of an exchange. */
import type { CapturedValues, CaptureSlot, Captures } from '../model/captures.ts';
import type { FieldList } from '../model/facts.ts';

/** The values of a request, as it came; not its cookie. */
export function captureRequest(slots: Captures, fields: FieldList): CapturedValues {
  const { request, response } = slots;
  return {
    slots,
    request: headers(request, fields),
    response: response.map(() => undefined),
    requestCookie: undefined,
    responseCookie: undefined,
  };
}

/** Adds the cookie of a request: as in HAProxy what rules left of it, and none of a request that they answered, unless they denied it. */
export function captureRequestCookie(values: CapturedValues | undefined, head: { readonly fields: FieldList }): void {
  const cookie = values?.slots.cookie;
  if (values !== undefined && cookie !== undefined)
    values.requestCookie = cookieIn(head.fields, 'cookie', /[;,]/, cookie);
}

/** Adds the values of a server's response, before rules change it. */
export function captureResponse(values: CapturedValues, fields: FieldList): void {
  for (const [index, value] of headers(values.slots.response, fields).entries()) values.response[index] = value;
}

/** Adds the cookie of a response; as in HAProxy after `http-response` rules. */
export function captureResponseCookie(values: CapturedValues | undefined, head: { readonly fields: FieldList }): void {
  const cookie = values?.slots.cookie;
  // The fields of a head become strings when they are asked for.
  if (values !== undefined && cookie !== undefined)
    values.responseCookie = cookieIn(head.fields, 'set-cookie', /;/, cookie);
}

/** Of a repeated field the last line counts. */
function headers(slots: readonly CaptureSlot[], { names, values }: FieldList): (string | undefined)[] {
  return slots.map(({ header, length }) => {
    const at = header === undefined ? -1 : names.lastIndexOf(header);
    return values[at]?.slice(0, length);
  });
}

/** The first `name=value` whose name begins with the one given. */
function cookieIn(
  { names, values }: FieldList,
  field: 'cookie' | 'set-cookie',
  separator: RegExp,
  { name, length }: NonNullable<Captures['cookie']>,
): string | undefined {
  for (const [at, one] of names.entries()) {
    if (one !== field) continue;
    // A Set-Cookie line has one cookie, and attributes behind it.
    const parts = (values[at] ?? '').split(separator);
    for (const part of field === 'cookie' ? parts : parts.slice(0, 1)) {
      const text = part.trim();
      if (text.startsWith(name) && text.includes('=')) return text.slice(0, length);
    }
  }
  return undefined;
}
