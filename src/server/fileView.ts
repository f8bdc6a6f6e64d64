import {dirname, resolve} from 'node:path';
import {fileKey} from './fileKey';
import type {FileReport} from './fileReport';
import type {SourceDocument} from './sourceDocument';
import type {Workspace} from './workspace';

const MOST_IMPORTS = 20;
const ENDINGS = ['', '.js', '.ts', '.mjs', '.cjs', '.mts', '.jsx', '.tsx', '/index.js', '/index.ts'];

/** A file with what it shows. */
export class FileView {
  constructor(readonly key: string, readonly document: SourceDocument, readonly report: FileReport, private readonly workspace: Workspace) {}

  /** TensorFlow.js is imported here, or in a module that is imported from here. */
  get usesTfjs(): boolean {
    const {importsTfjs, relativeImports} = this.document.code;
    return importsTfjs || relativeImports.slice(0, MOST_IMPORTS).some((name) => this.imported(name)?.code.importsTfjs === true);
  }

  private imported(name: string): SourceDocument | null {
    const path = resolve(dirname(this.key), name);
    // A TypeScript module is imported by the name that it will have.
    const paths = [...ENDINGS.map((ending) => path + ending), path.replace(/\.([cm]?)js$/, '.$1ts')];
    for (const one of paths) {
      const document = this.workspace.document(fileKey(one));
      if (document !== null) return document;
    }
    return null;
  }
}
