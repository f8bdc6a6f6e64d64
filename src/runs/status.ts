import {readFileSync} from 'node:fs';
import {processStartTime} from '../platform/processStart';
import type {RunEvent, RunEventOf} from '../protocol/events';
import type {Exit} from '../protocol/runFolder';
import type {RunStatus} from '../protocol/runSummary';
import {EventLog} from './eventLog';
import {readExit, readLaunch, readRunProcess} from './launchFile';

/** A script may read its data for minutes before it first trains and the recorder says `start`. */
const START_GRACE_MS = 10 * 60_000;

/** What is known of how a run began and ended. */
export interface RunEvidence {
  /** Milliseconds since 1970 at which the folder was made. */
  created: number;
  /** The process, as the recorder or the session that started it tells. */
  start: Pick<RunEventOf<'start'>, 'pid' | 'processStart'> | null;
  end: Pick<RunEventOf<'end'>, 'exitCode' | 'stopped' | 'error'> | null;
  exit: Exit | null;
  /** A stop was asked of the recorder. */
  stopAsked: boolean;
}

/**
 * Status of a run. exit.json, written by who saw the process end, is believed before the
 * `end` event, and that before the process's own liveness.
 */
export function statusOf(evidence: RunEvidence, now = Date.now()): RunStatus {
  const {exit, end, start} = evidence;
  const cutOff: RunStatus = evidence.stopAsked ? 'stopped' : 'crashed';
  if (exit?.interrupted) return 'stopped';
  if (exit?.signal) return cutOff;
  if (end?.stopped) return 'stopped';
  const exitCode = exit?.exitCode ?? end?.exitCode;
  if (exitCode !== null && exitCode !== undefined) return exitCode === 0 ? 'finished' : 'failed';
  if (end) return end.error === null ? 'finished' : 'failed';
  if (exit) return cutOff;
  if (!start) return now - evidence.created < START_GRACE_MS ? 'running' : 'crashed';
  return isProcessAlive(start.pid, start.processStart) ? 'running' : cutOff;
}

/**
 * Is this process, and not another that got its number later, still there?
 * @param processStart field 22 of Linux's /proc/PID/stat; null trusts the number alone
 */
export function isProcessAlive(pid: number, processStart: string | null): boolean {
  const started = processStartTime(pid);
  if (started !== null) return !isZombie(pid) && (processStart === null || processStart === started);
  if (process.platform === 'linux') return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Gathers what the status of a run goes by, from its events as they are read and from its small files. */
export class RunWitness {
  end: RunEventOf<'end'> | null = null;
  exit: Exit | null = null;
  private start: RunEvidence['start'] = null;
  private stopAsked = false;

  /** @param created milliseconds since 1970 at which the folder was made */
  constructor(private readonly dir: string, private readonly created: number) {}

  take(event: RunEvent): void {
    if (event.type === 'start') this.start = event;
    if (event.type === 'end') this.end = event;
    if (event.type === 'stop') this.stopAsked = true;
  }

  /** Status by what was taken so far; looks whether the process is there. */
  status(now = Date.now()): RunStatus {
    const {dir, created, end, stopAsked} = this;
    this.exit ??= readExit(dir);
    return statusOf({created, start: this.start ?? readRunProcess(dir), end, exit: this.exit, stopAsked}, now);
  }

  /** The same; the last words of a run may have come between the look at its log and at its process or its exit.json, so they are read on for. */
  settledStatus(readOn: () => void): RunStatus {
    const {exit} = this;
    const status = this.status();
    if (status !== 'crashed' && this.exit === exit) return status;
    readOn();
    return this.status();
  }
}

/** Status of the run in a folder, from its small files alone; `crashed` where its run.json can't be read. */
export function readRunStatus(dir: string): RunStatus {
  let witness: RunWitness;
  try {
    witness = new RunWitness(dir, readLaunch(dir).created);
  } catch {
    return 'crashed';
  }
  const log = new EventLog(dir);
  const readOn = (): void => { for (const event of log.read()) witness.take(event); };
  readOn();
  return witness.settledStatus(readOn);
}

/** A process that has ended and waits for its parent to notice. */
function isZombie(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return /^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
  } catch {
    return true;
  }
}
