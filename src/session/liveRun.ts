import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import * as v from 'valibot';
import {runFiles, runProcessSchema, type RunProcess} from '../protocol/runFolder';
import type {RunReader} from '../runs/runReader';
import {isProcessAlive} from '../runs/status';
import {SessionRuns} from './sessionRuns';
import {StopLadder} from './stopLadder';

/** Process of a run that goes on: as its recorder said, or its session; null when there is none any more. */
export function liveProcess(reader: RunReader): number | null {
  const known = reader.lastEvent('start') ?? readProcess(reader.dir);
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

function readProcess(dir: string): RunProcess | null {
  try {
    return v.parse(runProcessSchema, JSON.parse(readFileSync(join(dir, runFiles.process), 'utf8')));
  } catch {
    return null;
  }
}
