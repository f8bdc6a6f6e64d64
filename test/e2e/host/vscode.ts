import type {EditorWindow} from './editorWindow';

export interface VscodeOptions {
  /** false (the default): every folder counts as trusted. */
  workspaceTrust?: boolean;
  /** A package to install and use; left out: the repository itself, as it is built. */
  vsix?: string;
  /** Added to the environment of the extension host. */
  env?: Record<string, string>;
}

export interface WindowOptions {
  /** Language of the window, as `ja`; without it English. */
  locale?: string;
  /** Settings of the user, beside the harness's own. */
  settings?: Record<string, unknown>;
  size?: {width: number; height: number};
}

/** A VS Code that opens windows; end it with `stop`. */
export interface Vscode {
  /** Opens a folder, or a .code-workspace file, by its absolute path. */
  open(path: string, options?: WindowOptions): Promise<EditorWindow>;
  /** Ends VS Code and starts it again; windows come back with `reconnect`. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the VS Code that SINGSCOPE_VSCODE names: `server` (the default) or `desktop`. */
export async function startVscode(options: VscodeOptions = {}): Promise<Vscode> {
  const kind = process.env['SINGSCOPE_VSCODE'] ?? 'server';
  if (kind === 'server') return await (await import('./serverVscode')).ServerVscode.start(options);
  if (kind === 'desktop') return await (await import('./desktopVscode')).DesktopVscode.start(options);
  throw new Error(`SINGSCOPE_VSCODE is ${kind}: use server or desktop.`);
}
