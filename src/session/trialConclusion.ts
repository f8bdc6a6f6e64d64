import {rmSync} from 'node:fs';
import {join} from 'node:path';
import {stringifyJson} from '../protocol/numbers';
import type {RunSummary, TrialSummary} from '../protocol/runSummary';
import {writeFileAtomic} from '../platform/atomicFile';
import {messageOf} from '../platform/failure';
import {trialDir} from '../runs/runStore';
import {trialFiles, type Trial} from '../runs/trial';
import {claimTrial} from '../runs/trialClaim';
import {goesOnIn} from './trialOpening';
import {writeTrialReport} from './trialReport';
import {summarizeTrial} from './trialSummary';

export interface TrialConclusion {
  summary: TrialSummary;
  /** The first run that failed; null where none did. */
  failed: RunSummary | null;
  /** Why there is no report though there should be one; null else. */
  reportProblem: string | null;
}

/** Claims a trial for this process; what an earlier end has left is no longer true. @throws Failure where another works on it */
export function beginTrial(dir: string, id: string): void {
  const owner = claimTrial(dir);
  if (owner !== null) throw goesOnIn(id, owner);
  rmSync(join(dir, trialFiles.summary), {force: true});
}

/** Compares the arms; of a trial that came to its own end, writes the report and summary.json into its folder. */
export async function concludeTrial(store: string, trial: Trial, interrupted: boolean): Promise<TrialConclusion> {
  const summary = summarizeTrial(store, trial);
  const runs = summary.arms.flatMap((arm) => arm.runs);
  const failed = runs.find(({status}) => status === 'failed' || status === 'crashed') ?? null;
  let reportProblem: string | null = null;
  if (!interrupted) {
    try {
      // The comparison is worth having without its report too.
      if (runs.some(({steps}) => steps > 0)) summary.report = await writeTrialReport(store, trial, summary);
      writeFileAtomic(join(trialDir(store, trial.id), trialFiles.summary), `${stringifyJson(summary)}\n`);
    } catch (error) {
      reportProblem = messageOf(error);
    }
  }
  return {summary, failed, reportProblem};
}
