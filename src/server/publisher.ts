import type {Diagnostic} from 'vscode-languageserver/node';
import type {DiagnosticData} from './diagnostics';

const MOST_OFTEN_MS = 1000;

interface Published {
  json: string;
  findings: string;
  at: number;
  timer: NodeJS.Timeout | null;
}

/**
 * Sends diagnostics only when they differ from what the client has: at once when findings come or go,
 * at most once a second when only their words or places change.
 */
export class Publisher {
  private readonly files = new Map<string, Published>();

  /** @param compute what a file shows now */
  constructor(private readonly send: (uri: string, diagnostics: Diagnostic[]) => void, private readonly compute: (uri: string) => Diagnostic[]) {}

  /** Files that show something. */
  get shown(): string[] {
    return [...this.files].filter(([, {findings}]) => findings !== '').map(([uri]) => uri);
  }

  refresh(uri: string, now = Date.now()): void {
    const diagnostics = this.compute(uri);
    const json = diagnostics.length === 0 ? '' : JSON.stringify(diagnostics);
    const file = this.files.get(uri) ?? {json: '', findings: '', at: -Infinity, timer: null};
    if (file.timer !== null) clearTimeout(file.timer);
    file.timer = null;
    this.files.set(uri, file);
    if (json === file.json) return;
    const findings = diagnostics.map(({data}) => JSON.stringify(data as DiagnosticData)).join(' ');
    const wait = file.at + MOST_OFTEN_MS - now;
    if (findings === file.findings && wait > 0) {
      file.timer = setTimeout(() => { this.refresh(uri); }, wait);
      return;
    }
    Object.assign(file, {json, findings, at: now});
    this.send(uri, diagnostics);
  }

  /** What an editor knows of a file was lost, as it was closed: it is to be said again. */
  stop(): void {
    for (const {timer} of this.files.values()) if (timer !== null) clearTimeout(timer);
  }
}
