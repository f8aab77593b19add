/** Configuration text as a header value, without control characters, which could start another line. */
export function headerSafe(text: string): string {
  // oxlint-disable-next-line no-control-regex -- matching control characters is the purpose
  return text.replaceAll(/[\u0000-\u001f\u007f]/g, '');
}

/** Request text as part of a URL: everything but visible ASCII is percent-encoded, so that it cannot end the line or the URL. */
export function targetSafe(text: string): string {
  if (/^[\x21-\x7e]*$/.test(text)) return text;
  return Buffer.from(text, 'latin1').reduce((url, byte) => {
    const visible = byte > 0x20 && byte < 0x7f;
    return url + (visible ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`);
  }, '');
}
