/** `option forwardfor` and `option originalto`. */
export interface ForwardFor {
  readonly header: string;
  readonly ifNone: boolean;
  /** True when this client address is excepted. */
  readonly except: (address: string) => boolean;
}
