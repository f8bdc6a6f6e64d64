import type {RunSummary, TrialSummary} from '../../protocol/runSummary';
import type {RunReader} from '../runReader';
import {summarizeRun} from '../runSummary';

/** One run as the report shows it. */
export interface ReportRunView {
  reader: RunReader;
  summary: RunSummary;
  seed: string;
}

/** One arm as the report shows it; a report on runs without a trial has one that is called `run`. */
export interface ReportArmView {
  name: string;
  label: string;
  lrScale: number;
  runs: ReportRunView[];
}

/** What the report is about, arranged by arm and seed. */
export interface ReportView {
  trial: TrialSummary | null;
  arms: ReportArmView[];
  seeds: string[];
}

const armLabels: Record<string, string> = {off: 'SING off', on: 'SING on', full: 'full SING', clip: 'clipping'};

/** Arranges runs by arm and seed: as the trial has them, or else by how SING was set. Runs of the trial that are gone are left out. */
export function reportView(readers: readonly RunReader[], trial: TrialSummary | null): ReportView {
  const arms = trial ? trialArms(readers, trial) : plainArms(readers);
  for (const arm of arms) {
    if (arms.some((other) => other !== arm && other.name === arm.name)) arm.label += ` (rate × ${arm.lrScale})`;
  }
  return {trial, arms, seeds: [...new Set(arms.flatMap((arm) => arm.runs.map(({seed}) => seed)))]};
}

function trialArms(readers: readonly RunReader[], trial: TrialSummary): ReportArmView[] {
  return trial.arms.map(({name, lrScale, runs}) => ({
    name, lrScale,
    label: labelOf(name),
    runs: runs.flatMap((summary, place) => {
      const reader = readers.find(({id}) => id === summary.run);
      return reader ? [{reader, summary, seed: seedText(summary.seed, place)}] : [];
    }),
  }));
}

function plainArms(readers: readonly RunReader[]): ReportArmView[] {
  const arms = new Map<string, ReportArmView>();
  for (const reader of readers) {
    const {lrScale, seed} = reader.launch;
    const name = readers.length === 1 ? 'run' : reader.sing.mode;
    const arm = arms.get(`${name} ${lrScale}`) ?? {name, label: labelOf(name), lrScale, runs: []};
    arms.set(`${name} ${lrScale}`, arm);
    arm.runs.push({reader, summary: summarizeRun(reader), seed: seedText(seed, arm.runs.length)});
  }
  return [...arms.values()];
}

function labelOf(name: string): string {
  return armLabels[name] ?? 'this run';
}

function seedText(seed: number | null, place: number): string {
  return seed === null ? `run ${place + 1}` : `seed ${seed}`;
}
