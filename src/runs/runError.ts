export type RunErrorCode =
  | 'bad-id' | 'not-found' | 'goes-on' | 'ambiguous' | 'missing' | 'corrupt' | 'newer-format' | 'store-unwritable' | 'report' | 'export';

/** What a reader of the run store says to its user: one line that ends in what to do next. */
export class RunError extends Error {
  override readonly name = 'RunError';

  constructor(readonly code: RunErrorCode, message: string) {
    super(message);
  }
}
