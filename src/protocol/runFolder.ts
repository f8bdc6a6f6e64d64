import * as v from 'valibot';
import {singSettingsSchema} from './sing';

/** Version of the run folder's layout. A reader refuses a newer one. */
export const RUN_FORMAT = 1;

/** Files of a run folder, each with one writer. */
export const runFiles = {
  /** Written once, by who makes the folder: the session, or the recorder of a child process. */
  launch: 'run.json',
  /** Written by the session when the process is there: also a script that never trains can be stopped. */
  process: 'process.json',
  /** Appended by the recorder. */
  events: 'events.jsonl',
  steps: 'steps.arrow',
  parameters: 'parameters.arrow',
  /** In the place of `parameters` once a run has ended; written by the session. */
  compactParameters: 'parameters.arrow.gz',
  histograms: 'histograms.arrow',
  updates: 'updates.arrow',
  /** Written by the recorder; mode 0600. */
  control: 'control.json',
  /** Written by the session that saw the process end. */
  exit: 'exit.json',
  /** Folder of the texts that `source` events name; written by the recorder. */
  sources: 'sources',
  stdout: 'stdout.log',
  stderr: 'stderr.log',
} as const;

/** Where a file is written that then takes the place of the one at `path`. */
export function draftOf(path: string): string {
  return `${path}.draft`;
}

export const launchSchema = v.object({
  format: v.number(),
  id: v.string(),
  /** Run whose process started this one's; null for a root. */
  parent: v.nullable(v.string()),
  /** Invocation of `run`, `exec` or `ab` it belongs to. */
  session: v.nullable(v.string()),
  trial: v.nullable(v.string()),
  arm: v.nullable(v.string()),
  seed: v.nullable(v.number()),
  script: v.nullable(v.string()),
  args: v.array(v.string()),
  cwd: v.string(),
  /** Milliseconds since 1970. */
  created: v.number(),
  sing: singSettingsSchema,
  lrScale: v.number(),
  maxSteps: v.nullable(v.number()),
});
export type Launch = v.InferOutput<typeof launchSchema>;

export const exitSchema = v.object({
  exitCode: v.nullable(v.number()),
  signal: v.nullable(v.string()),
  time: v.number(),
  /** A stop was asked of the session (Ctrl-C or its own limit). */
  interrupted: v.boolean(),
});
export type Exit = v.InferOutput<typeof exitSchema>;

/** The process of a run; `processStart` tells it from a later one with the same number. */
export const runProcessSchema = v.object({
  pid: v.number(),
  processStart: v.nullable(v.string()),
});
export type RunProcess = v.InferOutput<typeof runProcessSchema>;

/** How to reach the recorder of a live run. */
export const controlAddressSchema = v.object({
  socket: v.string(),
  token: v.string(),
  pid: v.number(),
});
export type ControlAddress = v.InferOutput<typeof controlAddressSchema>;
