import * as v from 'valibot';

/** Where a layer or bare variable was constructed in the user's code. Line and column from 1. */
export const callSiteSchema = v.object({
  file: v.string(),
  line: v.number(),
  column: v.number(),
});
export type CallSite = v.InferOutput<typeof callSiteSchema>;
