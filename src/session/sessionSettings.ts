import type {SingSettings} from '../protocol/sing';
import type {RuntimeChoice} from '../protocol/workerOptions';

/** What `run`, `exec` and `ab` have in common. */
export interface SessionSettings {
  /** Root of this package: its dist/ and native/. */
  packageRoot: string;
  store: string;
  cwd: string;
  /** Variables over those of this process. */
  env: Record<string, string>;
  /** null: `node` of PATH. */
  node: string | null;
  nodeArgs: string[];
  sing: SingSettings;
  lrScale: number;
  /** null keeps the script's own randomness. */
  seed: number | null;
  maxSteps: number | null;
  budgetPct: number;
  failOn: string[];
  runtime: RuntimeChoice;
  /** Of a trial: the off arm is left to the script's own optimizer, not the kernels that the other arms use. */
  offUntouched?: boolean;
  /** An editor starts it: there is no terminal to read from, and the editor's own variables are none of the script's. */
  editor?: boolean;
}

/** A training script and how to start it. */
export interface ScriptSettings extends SessionSettings {
  /** Absolute path. */
  script: string;
  args: string[];
}
