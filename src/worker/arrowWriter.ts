import type {Schema} from 'apache-arrow';
import {appendFileSync, closeSync, openSync} from 'node:fs';
import {BatchMessages, schemaMessage, type Column} from '../runs/arrowMessage';

/**
 * Appends record batches to an Arrow IPC stream file, each as one write where the disk takes it.
 * The end-of-stream marker is never written: readers take a stream that ends between messages.
 */
export class ArrowWriter {
  readonly #messages = new BatchMessages();
  readonly #file: number;

  /** Creates the file, which must not exist, and writes the schema. */
  constructor(path: string, schema: Schema) {
    this.#file = openSync(path, 'wx', 0o644);
    appendFileSync(this.#file, schemaMessage(schema));
  }

  /** @param columns in the order of the schema, each `rows` long and of its type */
  append(rows: number, columns: readonly Column[]): void {
    if (rows > 0) appendFileSync(this.#file, this.#messages.encode(rows, columns));
  }

  close(): void {
    closeSync(this.#file);
  }
}
