/** Whether a file's name says that it is PKCS#12, as stunnel decides it. */
export function isPkcs12Name(path: string): boolean {
  return /\.(p12|pfx)$/i.test(path);
}
