import {basename} from 'node:path';
import {getEnvironmentData, isMainThread, setEnvironmentData} from 'node:worker_threads';
import {RUN_FORMAT, type Launch} from '../protocol/runFolder';
import type {WorkerOptions} from '../protocol/workerOptions';
import {newRunId} from '../runs/runStore';
import {ControlWord} from './controlWord';
import {RECORDER_ENV} from './messages';
import {restoreUtil} from './nodeCompat';
import {Observer} from './observer';
import {guardOutput, tellUser} from './outputGuard';
import {onProcessEnd} from './processEnd';
import {RecorderLink} from './recorderLink';
import {ProcessExit} from './processExit';
import {hookProcesses} from './processHook';
import {hookThreads} from './threadHook';
import {handOn, readWorkerOptions} from './workerOptionsEnv';

/** Under this key the main thread's control word reaches the worker threads it starts. */
const SHARED = 'singscope';

interface SharedWithThreads {
  control: SharedArrayBuffer;
  options: WorkerOptions;
  runId: string;
}

function start(): void {
  const shared = isMainThread ? shareFromMain() : (getEnvironmentData(SHARED) as SharedWithThreads | undefined);
  if (shared === undefined) return;
  const {options, runId} = shared;
  restoreUtil();
  if (isMainThread) guardOutput(options);
  const control = new ControlWord(shared.control);
  const link = new RecorderLink(control, {options, runDir: options.runDir, launch: launchOf(options, runId), pid: process.pid, node: process.version});
  const exit = new ProcessExit(control, link);
  const observer = new Observer(options, control, link, exit);
  observer.install();
  hookThreads();
  hookProcesses();
  if (isMainThread) watchMain(observer, control, {link, exit}, options.runDir !== null);
  // A short training may end before the recorder listens.
  else onProcessEnd(() => { link.handOver(); });
}

function shareFromMain(): SharedWithThreads | undefined {
  const options = readWorkerOptions();
  if (options === null) return undefined;
  const runId = options.runDir === null ? newRunId() : basename(options.runDir);
  handOn(options, runId);
  const control = new ControlWord();
  control.publish(options.sing);
  const shared: SharedWithThreads = {control: control.memory, options, runId};
  setEnvironmentData(SHARED, shared as never);
  return shared;
}

/**
 * The run is the process's: its main thread starts the recorder and ends it.
 * @param isRun the session expects a run of this process, whether it trains or not
 */
function watchMain(observer: Observer, control: ControlWord, {link, exit}: {link: RecorderLink; exit: ProcessExit}, isRun: boolean): void {
  let error: string | null = null;
  process.on('uncaughtExceptionMonitor', (thrown: unknown) => {
    error = (thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown)).split('\n')[0] ?? null;
  });
  // A thread of the script may train: the recorder must be there, and may not be that thread's own.
  process.on('worker' as never, () => {
    link.startRecorder();
    exit.listen();
  });
  onProcessEnd((exitCode) => {
    if (!control.recorderStarted) return;
    if (isRun || control.isRun) {
      link.open();
      observer.finish();
      link.send({
        type: 'end', step: control.steps, time: Date.now(), exitCode, stopped: control.stopRequested, error,
        overheadPct: control.overheadPct, dropped: {frames: link.dropped, spikes: 0}, skippedSteps: control.skippedSteps,
      });
    }
    link.close();
  });
}

function launchOf(options: WorkerOptions, id: string): Launch {
  const script = process.argv[1] ?? null;
  return {
    format: RUN_FORMAT, id, parent: options.parent, session: options.session, trial: options.trial, arm: options.arm, seed: options.seed,
    script, args: process.argv.slice(2), cwd: process.cwd(), created: Date.now(),
    sing: options.sing, lrScale: options.lrScale, maxSteps: options.maxSteps,
  };
}

if (process.env[RECORDER_ENV] !== '1') {
  try {
    start();
  } catch (error) {
    tellUser(`this training can't be observed (${error instanceof Error ? error.message : String(error)}); it goes on all the same. Please report this.`);
  }
}
