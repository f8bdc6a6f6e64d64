import type {ArmName} from '../protocol/runSummary';
import {Failure} from '../platform/failure';
import {trialDir} from '../runs/runStore';
import {writeTrial, type Trial} from '../runs/trial';
import {claimOwner} from '../runs/trialClaim';
import {inWritableStore} from './runLaunch';
import type {ScriptSettings} from './sessionSettings';
import {storedSettings} from './storedSettings';
import {specHash} from './trialPlan';
import {findUnfinished, freshTrial} from './trialResume';

/** What is compared, with which seeds. */
export interface TrialSpec {
  arms: readonly ArmName[];
  /** Labels alone where `keepSeed` is set. */
  seeds: number[];
  /** The script's own randomness stays. */
  keepSeed: boolean;
}

export interface OpenedTrial {
  trial: Trial;
  dir: string;
  store: string;
  /** Why it lies in another store than asked for; null as a rule. */
  storeProblem: string | null;
  /** It was there already, with jobs left to do. */
  resumed: boolean;
}

/** The trial of this spec that is not through, or a new one. @throws Failure where a process works on it already */
export function openTrial(settings: ScriptSettings, {arms, seeds, keepSeed}: TrialSpec): OpenedTrial {
  const unfinished = findUnfinished(settings.store, specHash(settings, keepSeed), arms, seeds);
  if (unfinished !== null) {
    const owner = claimOwner(trialDir(settings.store, unfinished.id));
    if (owner !== null) throw goesOnIn(unfinished.id, owner);
  }
  const trial = unfinished ?? freshTrial(settings, keepSeed, arms, seeds);
  // That of an older version has none.
  trial.options.settings ??= storedSettings(settings);
  const {store, problem, made: dir} = inWritableStore(settings.store, (candidate) => writeTrial(candidate, trial));
  return {trial, dir, store, storeProblem: problem, resumed: unfinished !== null};
}

export function goesOnIn(trial: string, pid: number): Failure {
  return new Failure(`Trial ${trial} goes on already in process ${pid}: wait for its end, or stop it (kill -INT ${pid}).`);
}
