import type {Rule} from '../../src/protocol/finding';

/** One training and what is to be said of it. */
export interface Case {
  name: string;
  run: () => Promise<void> | void;
  /** null: healthy, nothing may be said. */
  fault: {
    rules: Rule[];
    /** Layers (or starts of their names) that are right; null where none is to blame. */
    layers: Array<string | null>;
    /** Step at which it starts. */
    onset: number;
  } | null;
}

export const healthy = (name: string, run: Case['run']): Case => ({name, run, fault: null});

export const fault = (name: string, rules: Rule[], layers: Array<string | null>, run: Case['run'], onset = 1): Case =>
  ({name, run, fault: {rules, layers, onset}});
