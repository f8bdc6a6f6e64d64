/** Exit codes that the command line promises. */
export const exitCodes = {
  fine: 0,
  usage: 2,
  finding: 3,
  scriptFailed: 4,
  noRuntime: 5,
  interrupted: 130,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Something the user can mend: one line that says what is wrong and what to do next. */
export class Failure extends Error {
  override readonly name = 'Failure';

  constructor(message: string, readonly exitCode: ExitCode = exitCodes.usage) {
    super(message);
  }
}

/** First line of whatever was thrown. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n', 1)[0] ?? '';
}
