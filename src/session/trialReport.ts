import {join} from 'node:path';
import type {TrialSummary} from '../protocol/runSummary';
import {writeReport} from '../runs/report/writeReport';
import {trialDir} from '../runs/runStore';
import {trialFiles, type Trial} from '../runs/trial';
import {armRuns} from './trialSummary';

/** Writes the report of a trial, into its own folder unless `out` says otherwise. @returns its path */
export async function writeTrialReport(store: string, trial: Trial, summary: TrialSummary, out = join(trialDir(store, trial.id), trialFiles.report)): Promise<string> {
  const runs = trial.arms.flatMap(({name}) => armRuns(store, trial, name).map(({reader}) => reader));
  return await writeReport({runs, trial: summary, out});
}
