/** Text of the configuration as a header value: control characters, which could start another line, are dropped. */
export function headerSafe(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what this is about
  return text.replaceAll(/[\u0000-\u001f\u007f]/g, '');
}

/** Text of a request as part of a URL: what is not visible ASCII is percent-encoded, so that it can neither end the line nor the URL. */
export function targetSafe(text: string): string {
  if (/^[\x21-\x7e]*$/.test(text)) return text;
  return Buffer.from(text, 'latin1').reduce((url, byte) => {
    const visible = byte > 0x20 && byte < 0x7f;
    return url + (visible ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`);
  }, '');
}
