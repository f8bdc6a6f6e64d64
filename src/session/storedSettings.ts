import * as v from 'valibot';
import {singSettingsSchema} from '../protocol/sing';
import {runtimeChoices} from '../protocol/workerOptions';
import {Failure} from '../platform/failure';
import type {Trial} from '../runs/trial';
import type {ScriptSettings} from './sessionSettings';

/** Settings of a trial's runs as its file holds them; script, arguments and folder stand beside them. */
const storedSettingsSchema = v.object({
  env: v.record(v.string(), v.string()),
  node: v.nullable(v.string()),
  nodeArgs: v.array(v.string()),
  sing: singSettingsSchema,
  lrScale: v.number(),
  maxSteps: v.nullable(v.number()),
  budgetPct: v.number(),
  failOn: v.array(v.string()),
  runtime: v.picklist(runtimeChoices),
  /** Not in files of older versions. */
  offUntouched: v.optional(v.boolean(), false),
});
export type StoredSettings = v.InferOutput<typeof storedSettingsSchema>;

export function storedSettings({env, node, nodeArgs, sing, lrScale, maxSteps, budgetPct, failOn, runtime, offUntouched = false}: ScriptSettings): StoredSettings {
  return {env, node, nodeArgs, sing, lrScale, maxSteps, budgetPct, failOn, runtime, offUntouched};
}

/** The settings to go on with a trial. @throws Failure for one of an older version, whose file lacks them */
export function restoredSettings({id, script, args, cwd, options}: Trial, packageRoot: string, store: string): ScriptSettings {
  const parsed = v.safeParse(storedSettingsSchema, options.settings);
  if (!parsed.success) throw new Failure(`Trial ${id} does not say how its runs were started: start it anew.`);
  return {packageRoot, store, script, args, cwd, seed: null, ...parsed.output};
}
