/** Whether a file name indicates PKCS#12, as in stunnel. */
export function isPkcs12Name(path: string): boolean {
  return /\.(p12|pfx)$/i.test(path);
}
