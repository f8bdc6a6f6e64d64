import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {openRun, type RunReader} from '../../../src/runs/runReader';
import {listRunIds, runDir} from '../../../src/runs/runStore';
import {eventually} from '../host/eventually';

/** Runs of the folder's store, oldest first. */
export function runsOf(folder: string): RunReader[] {
  const store = join(folder, '.singscope');
  if (!existsSync(store)) return [];
  return listRunIds(store).flatMap((id) => {
    try {
      return [openRun(runDir(store, id))];
    } catch {
      // Its folder is there, but not yet what it is.
      return [];
    }
  }).sort((a, b) => a.launch.created - b.launch.created);
}

/** Does what starts a run in the folder, and reads that run. */
export async function startedRun(folder: string, start: () => Promise<void>): Promise<RunReader> {
  const before = new Set(runsOf(folder).map(({id}) => id));
  await start();
  return await eventually(`a new run in ${folder}`, () => runsOf(folder).find(({id}) => !before.has(id)), 120_000);
}

/** Reads on until the run has made so many steps. */
export async function untilStep(run: RunReader, step: number): Promise<void> {
  await eventually(`step ${step}`, () => {
    run.refresh();
    return run.steps.length >= step;
  }, 120_000);
}

/** Reads on until the run is over. */
export async function untilEnd(run: RunReader): Promise<void> {
  await eventually('the end of the run', () => {
    run.refresh();
    return run.status() !== 'running';
  }, 180_000);
}
