import {spawn} from 'node:child_process';

/** How a program ended, and what it said. */
export interface ProcessResult {
  /** null when it could not be started or a signal ended it. */
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
  /** Why it could not be started. */
  error: NodeJS.ErrnoException | null;
}

export interface ProcessOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  signal?: AbortSignal;
  timeoutMs?: number;
}

/** Runs a program without a shell and waits for its end. Throws only when `signal` aborts. */
export async function runProcess(file: string, args: readonly string[], options: ProcessOptions = {}): Promise<ProcessResult> {
  const {cwd, env, signal, timeoutMs} = options;
  const result = await new Promise<ProcessResult>((resolve) => {
    const child = spawn(file, args, {
      stdio: ['ignore', 'pipe', 'pipe'], ...(cwd && {cwd}), ...(env && {env}), ...(signal && {signal}), ...(timeoutMs && {timeout: timeoutMs, killSignal: 'SIGKILL'}),
    });
    let stdout = '';
    let stderr = '';
    let failure: NodeJS.ErrnoException | null = null;
    child.stdout.setEncoding('utf8').on('data', (text: string) => { stdout += text; });
    child.stderr.setEncoding('utf8').on('data', (text: string) => { stderr += text; });
    child.on('error', (error: NodeJS.ErrnoException) => {
      failure = error;
      // A program that never started has no 'close'.
      if (child.pid === undefined) resolve({code: null, signal: null, stdout, stderr, error});
    });
    child.on('close', (code, ending) => { resolve({code, signal: ending, stdout, stderr, error: failure}); });
  });
  signal?.throwIfAborted();
  return result;
}

/** The line of a program's output that most likely says what went wrong. */
export function tellingLine(result: ProcessResult): string {
  if (result.error) return result.error.message;
  const lines = `${result.stderr}\n${result.stdout}`.split('\n').map((line) => line.trim()).filter((line) => line !== '');
  const line = lines.find((text) => /error/i.test(text)) ?? lines.at(-1);
  if (result.signal) return line === undefined ? `ended by ${result.signal}` : `ended by ${result.signal}: ${line}`;
  return (line ?? `exit code ${String(result.code)}`).slice(0, 300);
}
