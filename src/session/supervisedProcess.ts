import {spawn} from 'node:child_process';
import {closeSync, openSync} from 'node:fs';
import {devNull} from 'node:os';
import {dirname} from 'node:path';
import type {Exit} from '../protocol/runFolder';
import {Failure, messageOf} from '../platform/failure';
import type {Command} from './nodeCommand';

export interface ProcessPlan {
  command: Command;
  cwd: string;
  env: NodeJS.ProcessEnv;
  stdout: string;
  stderr: string;
  /** Whether the process reads what we are given on stdin. */
  stdin: 'inherit' | 'ignore';
}

export interface SupervisedProcess {
  pid: number;
  ended: Promise<Pick<Exit, 'exitCode' | 'signal' | 'time'>>;
  /** This process may end before it. */
  unref(): void;
}

/**
 * Starts a process that outlives this one: in a group of its own, so that no hang-up and no
 * Ctrl-C of the terminal reaches it, and with its output in files, since a pipe would break with
 * us. Rejects with a `Failure` when the program does not start.
 */
export async function startProcess({command, cwd, env, stdout, stderr, stdin}: ProcessPlan): Promise<SupervisedProcess> {
  const out = openLog(stdout);
  const err = openLog(stderr);
  try {
    const child = spawn(command.file, command.args, {cwd, env, detached: true, windowsHide: true, stdio: [stdin, out, err]});
    const ended = new Promise<Pick<Exit, 'exitCode' | 'signal' | 'time'>>((resolve) => {
      child.once('exit', (exitCode, signalName) => resolve({exitCode, signal: signalName, time: Date.now()}));
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (error: NodeJS.ErrnoException) => reject(startFailure(command.file, cwd, error)));
    });
    return {pid: child.pid ?? -1, ended, unref: () => { child.unref(); }};
  } finally {
    closeSync(out);
    closeSync(err);
  }
}

/** A store that takes no more files must not keep the training from starting. */
function openLog(path: string): number {
  try {
    return openSync(path, 'a');
  } catch {
    return openSync(devNull, 'w');
  }
}

function startFailure(file: string, cwd: string, error: NodeJS.ErrnoException): Failure {
  if (error.code === 'ENOENT') return new Failure(`${file} could not be started: no such program, or no folder ${cwd}. Check the command and --cwd.`);
  if (error.code === 'EACCES') return new Failure(`${file} could not be started: it is not executable in ${dirname(file)}. Check its permissions.`);
  return new Failure(`${file} could not be started: ${messageOf(error)}.`);
}
