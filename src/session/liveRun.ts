import {readRunProcess} from '../runs/launchFile';
import type {RunReader} from '../runs/runReader';
import {isProcessAlive} from '../runs/status';
import {writeExit} from './runLaunch';
import {SessionRuns} from './sessionRuns';
import {StopLadder} from './stopLadder';

const SESSION_MS = 1_000;
const LOOK_MS = 100;

/** Process of a run that goes on: as its recorder said, or its session; null when there is none any more. */
export function liveProcess(reader: RunReader): number | null {
  const known = reader.lastEvent('start') ?? readRunProcess(reader.dir);
  return known !== null && isProcessAlive(known.pid, known.processStart) ? known.pid : null;
}

/** The stop of a run that another session started, its child runs included; null when it is over. */
export function stopOf(reader: RunReader): StopLadder | null {
  const pid = liveProcess(reader);
  if (pid === null) return null;
  const {session, id} = reader.launch;
  const runs = new SessionRuns(reader.store, session ?? '', id);
  return new StopLadder({pid, ask: () => runs.ask(), runPids: () => runs.pids()});
}

/**
 * Notes that a run was stopped, for one whose own session is no longer there to do it: that
 * session gets a moment, since it also knows the exit code.
 */
export async function noteStop(reader: RunReader): Promise<void> {
  for (const until = Date.now() + SESSION_MS; Date.now() < until; await new Promise((resolve) => setTimeout(resolve, LOOK_MS))) {
    reader.refresh();
    if (reader.exit !== null) return;
  }
  writeExit(reader.dir, {exitCode: null, signal: null, time: Date.now(), interrupted: true});
  reader.refresh();
}
