import type {RunArgument} from '../contributions';
import type {Finding} from '../protocol/finding';
import type {Launch} from '../protocol/runFolder';
import type {RunStatus} from '../protocol/runSummary';
import {EventLog} from '../runs/eventLog';
import {readExit, readLaunch} from '../runs/launchFile';
import {runDir} from '../runs/runStore';
import {readRunStatus} from '../runs/status';

/** What a list says of a run. */
export interface RunRecord extends RunArgument {
  launch: Launch;
  status: RunStatus;
  steps: number | null;
  /** Last loss; null where there was none. */
  loss: number | null;
  findings: readonly Finding[];
  /** Milliseconds since 1970; null while it goes on. */
  ended: number | null;
}

/** Reads what a list says of a run; null where its folder is gone or can't be read. */
export function readRecord(store: string, run: string): RunRecord | null {
  try {
    const dir = runDir(store, run);
    const launch = readLaunch(dir);
    const events = new EventLog(dir).read();
    const end = events.find((event) => event.type === 'end');
    const findings = events.flatMap((event) => (event.type === 'finding' ? [event.finding] : []));
    return {store, run, launch, status: readRunStatus(dir), steps: end?.step ?? null, loss: null, findings, ended: readExit(dir)?.time ?? end?.time ?? null};
  } catch {
    return null;
  }
}
