import {readFileSync} from 'node:fs';
import {processStartTime} from '../platform/processStart';
import type {RunEventOf} from '../protocol/events';
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

/** Status of the run in a folder, from its small files alone; `crashed` where its run.json can't be read. */
export function readRunStatus(dir: string): RunStatus {
  let created: number;
  try {
    ({created} = readLaunch(dir));
  } catch {
    return 'crashed';
  }
  const log = new EventLog(dir);
  const evidence: RunEvidence = {created, start: null, end: null, exit: null, stopAsked: false};
  const look = (): RunStatus => {
    for (const event of log.read()) {
      if (event.type === 'start') evidence.start = event;
      if (event.type === 'end') evidence.end = event;
      if (event.type === 'stop') evidence.stopAsked = true;
    }
    evidence.start ??= readRunProcess(dir);
    evidence.exit = readExit(dir);
    return statusOf(evidence);
  };
  const status = look();
  // The process may have written its end between our look at the log and at the process.
  return status === 'crashed' ? look() : status;
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
