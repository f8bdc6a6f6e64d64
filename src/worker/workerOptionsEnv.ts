import * as v from 'valibot';
import {WORKER_OPTIONS_ENV, workerOptionsSchema, type WorkerOptions} from '../protocol/workerOptions';

/**
 * The session's options for this process, or null when it is not observed.
 * A claimed run folder is taken out of the environment, so that no child claims it again.
 */
export function readWorkerOptions(): WorkerOptions | null {
  const text = process.env[WORKER_OPTIONS_ENV];
  if (text === undefined || text === '') return null;
  try {
    const parsed = v.safeParse(workerOptionsSchema, JSON.parse(text));
    return parsed.success ? parsed.output : null;
  } catch {
    return null;
  }
}

/** What children of this process are to find. */
export function handOn(options: WorkerOptions, parent: string): void {
  process.env[WORKER_OPTIONS_ENV] = JSON.stringify({...options, runDir: null, parent} satisfies WorkerOptions);
}
