import {renameSync, writeFileSync} from 'node:fs';
import {tmpdir, userInfo} from 'node:os';
import {join} from 'node:path';
import {stringifyJson} from '../protocol/numbers';
import {RUN_FORMAT, runFiles, type Exit, type RunProcess} from '../protocol/runFolder';
import {processStartTime} from '../platform/processStart';
import {writeFileAtomic} from '../platform/atomicFile';
import {RunError} from '../runs/runError';
import {createRunFolder, newRunId} from '../runs/runStore';
import {withNodeOnPath} from './editorEnvironment';
import {scriptCommand, type NodeProgram} from './nodeCommand';
import {SessionRuns} from './sessionRuns';
import type {ScriptSettings} from './sessionSettings';
import {StopLadder} from './stopLadder';
import {startProcess} from './supervisedProcess';
import {workerEnvironment} from './workerEnvironment';

/** More than exit.json ever takes. */
const EXIT_BYTES = 200;

/** A trial's run knows where in the trial it stands. */
export interface TrialPlace {
  trial: string;
  arm: string;
}

/** A training that was started and is watched. */
export interface StartedRun {
  id: string;
  dir: string;
  /** Where it is recorded: the store asked for, or another when that takes no files. */
  store: string;
  /** Why it is recorded elsewhere; null as a rule. */
  storeProblem: string | null;
  pid: number;
  runs: SessionRuns;
  stop: StopLadder;
  /** Resolves once the process is gone and exit.json is written. */
  ended: Promise<Exit>;
}

/**
 * Starts a script as one run. Where the store can't be written, it is recorded in a store of the
 * system's temporary folder: a full disk must not keep a training from starting.
 */
export async function startRun(settings: ScriptSettings, node: NodeProgram, place: TrialPlace | null): Promise<StartedRun> {
  const session = newRunId();
  const {script, args, cwd, sing, lrScale, maxSteps, seed} = settings;
  const command = scriptCommand(node, script, settings.nodeArgs, args);
  const launch = {
    format: RUN_FORMAT, id: newRunId(), parent: null, session, trial: place?.trial ?? null, arm: place?.arm ?? null,
    seed, script, args, cwd, created: Date.now(), sing, lrScale, maxSteps,
  };
  const {store, problem, made: dir} = inWritableStore(settings.store, (candidate) => createRunFolder(candidate, launch));
  const inherited = workerEnvironment({...settings, store}, {session, runDir: dir, trial: launch.trial, arm: launch.arm}, script);
  const env = settings.editor === true ? withNodeOnPath(inherited, node.path) : inherited;
  let started;
  try {
    // The runs of a trial would take each other's input.
    const stdin = place === null && settings.editor !== true ? 'inherit' : 'ignore';
    started = await startProcess({command, cwd, env, stdout: join(dir, runFiles.stdout), stderr: join(dir, runFiles.stderr), stdin});
  } catch (error) {
    writeExit(dir, {exitCode: null, signal: null, time: Date.now(), interrupted: false});
    throw error;
  }
  const identity: RunProcess = {pid: started.pid, processStart: processStartTime(started.pid)};
  // Padded, so that exit.json fits into its place.
  attempt(() => writeFileAtomic(join(dir, runFiles.process), `${stringifyJson(identity).padEnd(EXIT_BYTES)}\n`));
  const runs = new SessionRuns(store, session);
  const stop = new StopLadder({pid: started.pid, ask: () => runs.ask(), runPids: () => runs.pids()});
  const ended = started.ended.then(async (end) => {
    const exit: Exit = {...end, interrupted: stop.pressed};
    writeExit(dir, exit);
    await runs.tidy();
    return exit;
  });
  return {id: launch.id, dir, store, storeProblem: problem, pid: started.pid, runs, stop, ended};
}

/** Makes something in the store, or in that of the temporary folder when the store takes nothing. */
export function inWritableStore<T>(store: string, make: (store: string) => T): {store: string; problem: string | null; made: T} {
  try {
    return {store, problem: null, made: make(store)};
  } catch (error) {
    if (!(error instanceof RunError) || error.code !== 'store-unwritable') throw error;
    const spare = join(tmpdir(), `singscope-store-${userInfo().username}`);
    return {store: spare, problem: error.message, made: make(spare)};
  }
}

/**
 * Writes exit.json. On a full disk it takes the place of process.json, which has its block already
 * and is of no use any more; without either, a reader goes by the recorder's words alone.
 */
export function writeExit(dir: string, exit: Exit): void {
  const [path, spare] = [join(dir, runFiles.exit), join(dir, runFiles.process)];
  const text = `${stringifyJson(exit)}\n`;
  try {
    writeFileAtomic(path, text);
  } catch {
    attempt(() => {
      writeFileSync(spare, text.padEnd(EXIT_BYTES), {flag: 'r+'});
      renameSync(spare, path);
    });
  }
}

function attempt(action: () => void): void {
  try {
    action();
  } catch {
    return;
  }
}
