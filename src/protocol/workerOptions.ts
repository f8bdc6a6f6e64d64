import * as v from 'valibot';
import {singSettingsSchema} from './sing';

/** Environment variable that carries `WorkerOptions` as JSON to every Node process of a session. */
export const WORKER_OPTIONS_ENV = 'SINGSCOPE_WORKER';

export const runtimeChoices = ['auto', 'workspace', 'managed', 'embedded'] as const;
export type RuntimeChoice = (typeof runtimeChoices)[number];

/** What the session asks of the worker inside a training process. */
export const workerOptionsSchema = v.object({
  /** Root of this package: its dist/ and native/. */
  packageRoot: v.string(),
  store: v.string(),
  session: v.string(),
  /**
   * Folder made by the session for the first process (`run`, `ab`), which claims it and hands null on;
   * null: a process that trains makes its own folder (`exec`, child processes).
   */
  runDir: v.nullable(v.string()),
  /** Run of the process that started this one. */
  parent: v.nullable(v.string()),
  trial: v.nullable(v.string()),
  arm: v.nullable(v.string()),
  sing: singSettingsSchema,
  /** With SING off too the update is done by our kernels where they can: an arm that is compared with one that has SING. */
  equalKernels: v.boolean(),
  lrScale: v.pipe(v.number(), v.finite(), v.gtValue(0)),
  /** null keeps the script's own randomness. */
  seed: v.nullable(v.number()),
  maxSteps: v.nullable(v.number()),
  budgetPct: v.number(),
  /** Rules at whose finding the run stops; 'any' is every rule. */
  failOn: v.array(v.string()),
  runtime: v.picklist(runtimeChoices),
  /** Managed runtime that may be used; null when none is installed. */
  managed: v.nullable(v.object({
    dir: v.string(),
    bindingPath: v.string(),
    opsPath: v.nullable(v.string()),
    tfjsNodeDir: v.string(),
    tensorflow: v.string(),
    device: v.string(),
  })),
});
export type WorkerOptions = v.InferOutput<typeof workerOptionsSchema>;
