import type {VscodeServer} from './vscodeServer.mjs';

export interface VscodeServerProcess {
  /** `http://127.0.0.1:<port>` */
  origin: string;
  port: number;
  pid: number;
  output(): string;
  stop(): Promise<void>;
  exited: Promise<unknown>;
}

export interface WindowTarget {
  folder?: string;
  workspace?: string;
}

export function startVscodeServer(server: VscodeServer, dataDir: string, options?: {port?: number; workspaceTrust?: boolean; env?: Record<string, string>}): Promise<VscodeServerProcess>;
export function windowAddress(origin: string, target?: WindowTarget): string;
