import * as v from 'valibot';
import {callSiteSchema} from './callSite';
import {jsonNumberSchema} from './jsonNumber';

/** What can be found. The value of `leak` is a number of tensors, that of `memory` bytes. */
export const rules = ['non-finite', 'exploding', 'vanishing', 'spike', 'leak', 'memory'] as const;
export type Rule = (typeof rules)[number];

/** One detected instability. */
export const findingSchema = v.object({
  id: v.string(),
  rule: v.picklist(rules),
  severity: v.picklist(['warning', 'error']),
  /** First step at which the trouble shows in the recorded series. */
  onsetStep: v.number(),
  /** Step at which it was certain enough to be said. */
  step: v.number(),
  /** null where no layer is to blame. */
  layer: v.nullable(v.string()),
  parameter: v.nullable(v.string()),
  site: v.nullable(callSiteSchema),
  value: jsonNumberSchema,
  /** What the value is usually in this run; null where there is no history. */
  baseline: v.nullable(jsonNumberSchema),
  message: v.string(),
  /** 0 … 1. */
  confidence: v.number(),
});
export type Finding = v.InferOutput<typeof findingSchema>;
