import type * as vscodeApi from 'vscode';
import {cpSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {packageRoot} from '../../support/managedRuntime';
import {eventually} from './eventually';

/** What a function of a test gets inside the extension host; `kept` lasts from call to call. */
export interface ProbeScope {
  vscode: typeof vscodeApi;
  kept: Record<string, unknown>;
}

export interface ProbedDiagnostic {
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
  message: string;
  severity: 'error' | 'warning' | 'information' | 'hint';
  source: string | null;
  code: string | null;
}

interface Announcement {
  pid: number;
  port: number;
  folders: string[];
}

/** Puts the probe among the installed extensions of a VS Code that has not started yet. */
export function installProbe(extensionsFolder: string): void {
  cpSync(join(packageRoot, 'test', 'e2e', 'probe'), join(extensionsFolder, 'singscope-test.probe-0.0.1'), {recursive: true});
}

/** Where the extension hosts of a VS Code with that data folder announce themselves (its SINGSCOPE_PROBE_DIR). */
export function probesOf(dataFolder: string): string {
  return join(dataFolder, 'probes');
}

/** The extension host of one window. */
export class Probe {
  private constructor(readonly pid: number, private readonly port: number) {}

  /** Process ids of the extension hosts that have announced themselves in `folder`. */
  static known(folder: string): Set<number> {
    return new Set(announcements(folder).map(({pid}) => pid));
  }

  /** Waits for an extension host that is not among `before`. */
  static async next(folder: string, before: ReadonlySet<number>, limitMs = 120_000): Promise<Probe> {
    const found = await eventually('the probe in the extension host', () => announcements(folder).find(({pid}) => !before.has(pid)), limitMs);
    return new Probe(found.pid, found.port);
  }

  /** Runs a function, which may use nothing but its parameters, in the extension host. Arguments and result are JSON. */
  async evaluate<A extends unknown[], T>(code: (scope: ProbeScope, ...args: A) => T | Promise<T>, ...args: A): Promise<T> {
    const response = await fetch(`http://127.0.0.1:${this.port}`, {method: 'POST', body: JSON.stringify({code: code.toString(), args})});
    const reply = await response.json() as {value: T; error?: string};
    if (reply.error !== undefined) throw new Error(`In the extension host: ${reply.error}`);
    return reply.value;
  }

  /** Diagnostics of the file, ours and others', by line; lines and columns count from 1. */
  async diagnostics(path: string): Promise<ProbedDiagnostic[]> {
    return await this.evaluate(({vscode}, file) => vscode.languages.getDiagnostics(vscode.Uri.file(file)).map(({range, message, severity, source, code}) => ({
      line: range.start.line + 1,
      column: range.start.character + 1,
      endLine: range.end.line + 1,
      endColumn: range.end.character + 1,
      message,
      severity: (['error', 'warning', 'information', 'hint'] as const)[severity] ?? 'hint',
      source: source ?? null,
      code: code === undefined ? null : String(typeof code === 'object' ? code.value : code),
    })).sort((a, b) => a.line - b.line), path);
  }

  async command(id: string, ...args: unknown[]): Promise<unknown> {
    return await this.evaluate(async ({vscode}, name, given) => {
      const result: unknown = await vscode.commands.executeCommand(name, ...given);
      return JSON.parse(JSON.stringify(result ?? null)) as unknown;
    }, id, args);
  }

  /** `vscode.env.language` */
  async language(): Promise<string> {
    return await this.evaluate(({vscode}) => vscode.env.language);
  }

  async isActive(extension: string): Promise<boolean> {
    return await this.evaluate(({vscode}, id) => vscode.extensions.getExtension(id)?.isActive ?? false, extension);
  }

  /** Loads and activates the extension and says how many milliseconds that took; null when it was active already. */
  async activationMs(extension: string): Promise<number | null> {
    return await this.evaluate(async ({vscode}, id) => {
      const found = vscode.extensions.getExtension(id);
      if (found === undefined) throw new Error(`no extension ${id}`);
      if (found.isActive) return null;
      const start = performance.now();
      await found.activate();
      return performance.now() - start;
    }, extension);
  }

  /** Kills the extension host, as a crash would. */
  kill(): void {
    process.kill(this.pid, 'SIGKILL');
  }
}

function announcements(folder: string): Announcement[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  return names.filter((name) => name.endsWith('.json')).flatMap((name) => {
    try {
      const announcement = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Announcement;
      process.kill(announcement.pid, 0);
      return [announcement];
    } catch {
      // Gone in the meantime.
      return [];
    }
  });
}
