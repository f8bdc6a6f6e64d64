import {mkdirSync} from 'node:fs';
import {join} from 'node:path';
import {runFiles, type Exit} from '../protocol/runFolder';
import {RunError} from '../runs/runError';
import {newRunId} from '../runs/runStore';
import {inWritableStore} from './runLaunch';
import {SessionRuns} from './sessionRuns';
import type {SessionSettings} from './sessionSettings';
import {StopLadder} from './stopLadder';
import {startProcess} from './supervisedProcess';
import {steerNode, workerEnvironment} from './workerEnvironment';

/** A command whose Node processes make their own runs when they train. */
export interface StartedCommand {
  session: string;
  /** Folder with the command's own output. */
  dir: string;
  store: string;
  storeProblem: string | null;
  runs: SessionRuns;
  stop: StopLadder;
  ended: Promise<Exit>;
}

/** Starts any command under observation. Throws a `Failure` when it does not start. */
export async function startCommand(settings: SessionSettings, file: string, args: string[]): Promise<StartedCommand> {
  const session = newRunId();
  const {store, problem, made: dir} = inWritableStore(settings.store, (candidate) => makeSessionFolder(candidate, session));
  const env = steerNode(workerEnvironment({...settings, store}, {session, runDir: null, trial: null, arm: null}, null), settings);
  const started = await startProcess({
    command: {file, args}, cwd: settings.cwd, env,
    stdin: 'inherit', stdout: join(dir, runFiles.stdout), stderr: join(dir, runFiles.stderr),
  });
  const runs = new SessionRuns(store, session);
  const stop = new StopLadder({pid: started.pid, ask: () => runs.ask(), runPids: () => runs.pids()});
  const ended = started.ended.then(async (end) => {
    await runs.tidy();
    return {...end, interrupted: stop.pressed};
  });
  return {session, dir, store, storeProblem: problem, runs, stop, ended};
}

function makeSessionFolder(store: string, session: string): string {
  const dir = join(store, 'sessions', session);
  try {
    mkdirSync(dir, {recursive: true});
  } catch (error) {
    throw new RunError('store-unwritable', `can't write to the run store ${store} (${(error as NodeJS.ErrnoException).code ?? String(error)})`);
  }
  return dir;
}
