import {existsSync, readFileSync, statSync} from 'node:fs';
import {dirname, join} from 'node:path';
import type {TextDocumentContentChangeEvent} from 'vscode-languageserver/node';
import {findStore} from '../runs/runStore';
import {fileKey, pathOf, uriOf} from './fileKey';
import {SourceDocument} from './sourceDocument';

const LARGEST_FILE = 4 << 20;
const MOST_CLOSED = 50;
const STORE_NAME = '.singscope';
const CODE = /\.(?:[cm]?[jt]s|[jt]sx)$/i;

interface Closed {
  stamp: string;
  document: SourceDocument;
}

/** The files of the workspace as they are now: in the editor where they are open, else on disk. */
export class Workspace {
  /** Folders of the workspace, as paths. */
  folders: string[] = [];
  private readonly opened = new Map<string, {key: string; document: SourceDocument}>();
  private readonly closed = new Map<string, Closed>();

  /** Open documents that are files with JavaScript or TypeScript, by URI. */
  get open(): ReadonlyMap<string, {key: string; document: SourceDocument}> {
    return this.opened;
  }

  didOpen(uri: string, version: number, text: string): void {
    const path = pathOf(uri);
    if (path !== null) this.opened.set(uri, {key: fileKey(path), document: SourceDocument.of(uri, version, text)});
  }

  didChange(uri: string, version: number, changes: readonly TextDocumentContentChangeEvent[]): void {
    this.opened.get(uri)?.document.update(changes, version);
  }

  didClose(uri: string): void {
    this.opened.delete(uri);
  }

  /** A file by its key; null where it is gone or no text. */
  document(key: string): SourceDocument | null {
    for (const {key: held, document} of this.opened.values()) if (held === key) return document;
    return this.fromDisk(key);
  }

  /** Stores that may hold runs of the open files and of the folders. */
  stores(): Set<string> {
    const stores = new Set(this.folders.map((folder) => findStore(fileKey(folder))));
    for (const {key} of this.opened.values()) {
      if (!CODE.test(key)) continue;
      const folder = dirname(key);
      stores.add(findStore(folder));
      for (const above of ancestors(folder)) if (existsSync(join(above, STORE_NAME))) stores.add(join(above, STORE_NAME));
    }
    return stores;
  }

  private fromDisk(key: string): SourceDocument | null {
    try {
      const {mtimeMs, size} = statSync(key);
      if (size > LARGEST_FILE) return null;
      const stamp = `${mtimeMs} ${size}`;
      const held = this.closed.get(key);
      if (held?.stamp === stamp) return held.document;
      const document = SourceDocument.of(uriOf(key), 0, readFileSync(key, 'utf8'));
      this.closed.delete(key);
      this.closed.set(key, {stamp, document});
      const [oldest] = this.closed.keys();
      if (this.closed.size > MOST_CLOSED && oldest !== undefined) this.closed.delete(oldest);
      return document;
    } catch {
      this.closed.delete(key);
      return null;
    }
  }
}

function* ancestors(folder: string): Generator<string> {
  for (let at = folder; ; at = dirname(at)) {
    yield at;
    if (dirname(at) === at) return;
  }
}
