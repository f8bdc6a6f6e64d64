import {spawn} from 'node:child_process';
import {join} from 'node:path';
import {packageRoot} from './managedRuntime';

export interface CommandResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the command line as a user does, to its end. */
export function singscope(args: readonly string[], env: NodeJS.ProcessEnv = process.env, node = process.execPath): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(node, [join(packageRoot, 'bin/singscope.js'), ...args], {env, stdio: ['ignore', 'pipe', 'pipe']});
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => { stdout += text; });
    child.stderr.setEncoding('utf8').on('data', (text: string) => { stderr += text; });
    child.on('error', reject);
    child.on('close', (code) => { resolve({code, stdout, stderr}); });
  });
}

/** Runs a command with `--json` and reads what it prints. @throws with the command's own words where that is no JSON */
export async function singscopeJson<T>(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<T> {
  const {code, stdout, stderr} = await singscope(args, env);
  try {
    return JSON.parse(stdout) as T;
  } catch {
    throw new Error(`singscope ${args.join(' ')} ended with ${String(code)} and no JSON:\n${stdout}\n${stderr}`);
  }
}
