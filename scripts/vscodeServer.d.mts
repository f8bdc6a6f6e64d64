export interface VscodeServer {
  /** Node 24, which the server needs. */
  node: string;
  serverMain: string;
}
export function ensureVscodeServer(onProgress?: (line: string) => void): Promise<VscodeServer>;
