import {readFileSync} from 'node:fs';
import type {RunEventOf} from '../protocol/events';
import type {Exit} from '../protocol/runFolder';
import type {RunStatus} from '../protocol/runSummary';
import {EventLog} from './eventLog';
import {readExit, readLaunch} from './launchFile';

/** A script may read its data for minutes before it first trains and the recorder says `start`. */
const START_GRACE_MS = 10 * 60_000;

/** What is known of how a run began and ended. */
export interface RunEvidence {
  /** Milliseconds since 1970 at which the folder was made. */
  created: number;
  start: Pick<RunEventOf<'start'>, 'pid' | 'processStart'> | null;
  end: Pick<RunEventOf<'end'>, 'exitCode' | 'stopped' | 'error'> | null;
  exit: Exit | null;
}

/**
 * Status of a run. exit.json, written by who saw the process end, is believed before the
 * `end` event, and that before the process's own liveness.
 */
export function statusOf(evidence: RunEvidence, now = Date.now()): RunStatus {
  const {exit, end, start} = evidence;
  if (exit?.interrupted) return 'stopped';
  if (exit?.signal) return 'crashed';
  if (end?.stopped) return 'stopped';
  const exitCode = exit?.exitCode ?? end?.exitCode;
  if (exitCode !== null && exitCode !== undefined) return exitCode === 0 ? 'finished' : 'failed';
  if (end) return end.error === null ? 'finished' : 'failed';
  if (exit) return 'crashed';
  if (!start) return now - evidence.created < START_GRACE_MS ? 'running' : 'crashed';
  return isProcessAlive(start.pid, start.processStart) ? 'running' : 'crashed';
}

/**
 * Is this process, and not another that got its number later, still there?
 * @param processStart field 22 of Linux's /proc/PID/stat; null trusts the number alone
 */
export function isProcessAlive(pid: number, processStart: string | null): boolean {
  if (process.platform === 'linux') {
    const now = readProcess(pid);
    if (now === null || now.state === 'Z' || now.state === 'X') return false;
    return processStart === null || processStart === now.start;
  }
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
  const evidence: RunEvidence = {created, start: null, end: null, exit: null};
  const look = (): RunStatus => {
    for (const event of log.read()) {
      if (event.type === 'start') evidence.start = event;
      if (event.type === 'end') evidence.end = event;
    }
    evidence.exit = readExit(dir);
    return statusOf(evidence);
  };
  const status = look();
  // The process may have written its end between our look at the log and at the process.
  return status === 'crashed' ? look() : status;
}

function readProcess(pid: number): {state: string; start: string} | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Field 2 is the program's name in parentheses and may itself hold blanks and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return {state: fields[0] ?? '', start: fields[19] ?? ''};
  } catch {
    return null;
  }
}
