import type {Backend, ParameterKind} from './events';
import type {CallSite} from './callSite';
import type {Finding} from './finding';
import type {GradientMoments} from './moments';
import type {SingSettings} from './sing';

export type RunStatus = 'running' | 'finished' | 'stopped' | 'failed' | 'crashed';

export type GradientSummary = Pick<GradientMoments, 'mean' | 'std' | 'min' | 'max' | 'norm'>;

/** The JSON of a run, as `docs` and the command line promise it. */
export interface RunSummary {
  run: string;
  status: RunStatus;
  exitCode: number | null;
  signal: string | null;
  store: string;
  children: string[];
  backend: Backend | null;
  seed: number | null;
  sing: Pick<SingSettings, 'mode' | 'centralize' | 'normalize' | 'softplus' | 'lookahead' | 'weightDecay'> & {excluded: string[]};
  steps: number;
  /** Steps whose update was left out since a gradient was not finite; they are among `steps`. */
  skippedSteps: number;
  loss: {first: number | null; last: number | null; min: number | null};
  metrics: Record<string, {last: number; best: number; step: number}>;
  diverged: boolean;
  stepMs: {median: number | null; p95: number | null};
  /** What observation cost, in percent of the time between steps. */
  overheadPct: number | null;
  /** Steps that have histograms and norms of updates, and the distance of the last of them: what the budget allowed. */
  sampled: {steps: number; every: number | null};
  memory: Record<'numTensors' | 'bytes' | 'rss' | 'heap', {first: number | null; last: number | null; max: number | null}>;
  parameters: {
    name: string;
    layer: string;
    shape: number[];
    kind: ParameterKind;
    site: CallSite | null;
    gradient: GradientSummary | null;
    /** Of the last sampled step; `null` where there was none, and in it where something is not known. */
    update: Record<'step' | 'weightNorm' | 'updateNorm' | 'updateRatio' | 'effectiveRate' | 'cosine' | 'secondMomentRms' | 'deadUnits', number | null> | null;
  }[];
  /** Gradients of each layer's parameters taken as one, of its last step. */
  layers: {name: string; parameters: string[]; gradient: GradientSummary | null}[];
  /** The same of all parameters. */
  network: {gradient: GradientSummary | null};
  findings: Finding[];
  notices: {code: string; message: string}[];
  dropped: {frames: number; spikes: number};
}

export type ArmName = 'off' | 'on' | 'full' | 'clip';

/** The JSON of `ab`. */
export interface TrialSummary {
  trial: string;
  arms: {
    name: ArmName;
    lrScale: number;
    runs: RunSummary[];
    diverged: number;
    finalLoss: {mean: number | null; sd: number | null};
    stepMs: number | null;
  }[];
  noiseFloor: NoiseFloor | null;
  firstDivergence: {parameter: string; step: number}[];
  verdict: Verdict;
  report: string | null;
}

/** Off against off: what differs between seeds alone, and whether one seed repeats to the bit. */
export interface NoiseFloor {
  /** Standard deviation of the off arm's final loss over seeds; null with fewer than two. */
  finalLossSd: number | null;
  /** Off run twice with the first seed: same losses to the bit? null when it was not tried. */
  sameSeedIdentical: boolean | null;
}

export interface Verdict {
  winner: ArmName | 'none';
  pValue: number | null;
  effect: number | null;
  /** Pairs of runs that were compared: those with a loss; seeds that trained alike are one. */
  pairs: number;
  text: string;
}
