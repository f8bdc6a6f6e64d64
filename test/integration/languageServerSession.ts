import {spawn, type ChildProcess} from 'node:child_process';
import {build} from 'esbuild';
import {mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join, resolve} from 'node:path';
import {
  createProtocolConnection, StreamMessageReader, StreamMessageWriter,
  type CodeAction, type CodeLens, type Diagnostic, type Hover, type InitializeResult, type InlayHint,
  type ProtocolConnection, type PublishDiagnosticsParams, type Range,
} from 'vscode-languageserver-protocol/node';
import {URI} from 'vscode-uri';
import {FILE_STATE, type FileStateParams} from '../../src/protocol/languageServer';

const folder = mkdtempSync(join(tmpdir(), 'singscope-server-'));
let built: Promise<string> | null = null;

/** The server as it ships: one file for Node. */
async function server(): Promise<string> {
  built ??= (async () => {
    const outfile = join(folder, 'server.cjs');
    await build({entryPoints: [resolve('src/server/main.ts')], outfile, bundle: true, platform: 'node', target: 'node20', format: 'cjs', minify: true, logLevel: 'error'});
    return outfile;
  })();
  return built;
}

process.on('exit', () => { rmSync(folder, {recursive: true, force: true}); });

/** Lets scripts in a project folder import what this repository has installed. */
export function linkPackages(dir: string): void {
  mkdirSync(dir, {recursive: true});
  symlinkSync(resolve('node_modules'), join(dir, 'node_modules'));
}

/** An editor that speaks LSP with the server over stdio, as any editor does. */
export class EditorSession {
  readonly diagnostics = new Map<string, Diagnostic[]>();
  readonly published: {uri: string; diagnostics: Diagnostic[]; time: number}[] = [];
  readonly states = new Map<string, FileStateParams>();
  readonly refreshes = {lenses: 0, hints: 0};
  readonly texts = new Map<string, {text: string; version: number}>();
  stderr = '';
  exitCode: number | null = null;

  private constructor(readonly child: ChildProcess, readonly connection: ProtocolConnection, readonly initialized: InitializeResult) {}

  static async start(folders: readonly string[], initializationOptions?: unknown, capabilities: object = {}): Promise<EditorSession> {
    const child = spawn(process.execPath, [await server(), '--stdio'], {stdio: 'pipe'});
    const connection = createProtocolConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
    connection.listen();
    const hold: {session: EditorSession | null} = {session: null};
    connection.onNotification('textDocument/publishDiagnostics', ({uri, diagnostics}: PublishDiagnosticsParams) => {
      hold.session?.diagnostics.set(uri, diagnostics);
      hold.session?.published.push({uri, diagnostics, time: Date.now()});
    });
    connection.onNotification(FILE_STATE, (state: FileStateParams) => { hold.session?.states.set(state.uri, state); });
    connection.onRequest('workspace/codeLens/refresh', () => { if (hold.session) hold.session.refreshes.lenses++; return null; });
    connection.onRequest('workspace/inlayHint/refresh', () => { if (hold.session) hold.session.refreshes.hints++; return null; });
    connection.onRequest('client/registerCapability', () => null);
    const initialized = await connection.sendRequest<InitializeResult>('initialize', {
      processId: process.pid, rootUri: null, workspaceFolders: folders.map((path) => ({uri: uri(path), name: path})), initializationOptions,
      capabilities: {workspace: {codeLens: {refreshSupport: true}, inlayHint: {refreshSupport: true}, workspaceFolders: true}, textDocument: {hover: {contentFormat: ['markdown']}}, ...capabilities},
    });
    const session = new EditorSession(child, connection, initialized);
    hold.session = session;
    child.stderr.on('data', (text: Buffer) => { session.stderr += text.toString(); });
    child.on('exit', (code) => { session.exitCode = code; });
    await connection.sendNotification('initialized', {});
    return session;
  }

  async open(path: string, text = readFileSync(path, 'utf8'), as = uri(path)): Promise<string> {
    this.texts.set(as, {text, version: 1});
    await this.connection.sendNotification('textDocument/didOpen', {textDocument: {uri: as, languageId: 'javascript', version: 1, text}});
    return as;
  }

  async edit(document: string, ...changes: ({range: Range; text: string} | {text: string})[]): Promise<void> {
    const held = this.texts.get(document);
    if (held === undefined) throw new Error(`${document} is not open`);
    held.version++;
    await this.connection.sendNotification('textDocument/didChange', {textDocument: {uri: document, version: held.version}, contentChanges: changes});
  }

  close(document: string): Promise<void> {
    return this.connection.sendNotification('textDocument/didClose', {textDocument: {uri: document}});
  }

  configure(singscope: object): Promise<void> {
    return this.connection.sendNotification('workspace/didChangeConfiguration', {settings: {singscope}});
  }

  hover(document: string, line: number, character = 0): Promise<Hover | null> {
    return this.connection.sendRequest('textDocument/hover', {textDocument: {uri: document}, position: {line, character}});
  }

  async hoverText(document: string, line: number): Promise<string> {
    const hover = await this.hover(document, line);
    return hover === null ? '' : (hover.contents as {value: string}).value;
  }

  lenses(document: string): Promise<CodeLens[]> {
    return this.connection.sendRequest('textDocument/codeLens', {textDocument: {uri: document}});
  }

  hints(document: string, range: Range = line(0, 10_000)): Promise<InlayHint[]> {
    return this.connection.sendRequest('textDocument/inlayHint', {textDocument: {uri: document}, range});
  }

  actions(document: string, diagnostics: Diagnostic[]): Promise<CodeAction[]> {
    return this.connection.sendRequest('textDocument/codeAction', {textDocument: {uri: document}, range: diagnostics[0]?.range ?? line(0), context: {diagnostics}});
  }

  of(document: string): Diagnostic[] {
    return this.diagnostics.get(document) ?? [];
  }

  state(document: string): string | undefined {
    return this.states.get(document)?.state;
  }

  /**
   * Waits until something is so of what the server has told, and for the rest of what it tells in the same turn:
   * its answer to a question comes after that.
   */
  async until<T>(what: string, look: () => T | null | undefined | false, limit = 180_000): Promise<T> {
    for (const end = Date.now() + limit; Date.now() < end; await new Promise((done) => setTimeout(done, 20))) {
      if (!look()) continue;
      await this.lenses('untitled:nothing');
      const found = look();
      if (found) return found;
    }
    throw new Error(`${what} never came`);
  }

  async stop(): Promise<void> {
    await this.connection.sendRequest('shutdown');
    const ended = new Promise((done) => this.child.on('exit', done));
    await this.connection.sendNotification('exit');
    await ended;
    this.connection.dispose();
  }
}

export function uri(path: string): string {
  return URI.file(path).toString();
}

export function line(from: number, to = from): Range {
  return {start: {line: from, character: 0}, end: {line: to, character: 0}};
}

/** Writes a script of a user. */
export function writeScript(path: string, lines: readonly string[], lineEnd = '\n'): string {
  mkdirSync(dirname(path), {recursive: true});
  writeFileSync(path, lines.join(lineEnd) + lineEnd);
  return path;
}
