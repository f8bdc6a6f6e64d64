import * as v from 'valibot';

/** How much of SING runs: only observed, in front of the script's optimizer, or as published. */
export const singModes = ['off', 'on', 'full'] as const;
export type SingMode = (typeof singModes)[number];

/**
 * What SING does in a run. Every field can change while the run goes on;
 * a change takes effect at the next optimizer step.
 */
export const singSettingsSchema = v.object({
  mode: v.picklist(singModes),
  /** true leaves kernels with one element per mean alone; 'always' is the authors' rule. */
  centralize: v.union([v.boolean(), v.literal('always')]),
  /** 'norm': divide by the L2 norm; 'std': by the L2 norm over the root of the size. */
  normalize: v.union([v.literal('norm'), v.literal('std'), v.literal(false)]),
  softplus: v.boolean(),
  lookahead: v.boolean(),
  /** Decoupled weight decay of full SING. */
  weightDecay: v.pipe(v.number(), v.minValue(0), v.finite()),
  /** Skip the update of a step that has a NaN or an infinity in any gradient. */
  skipNonFinite: v.boolean(),
  /** Globs over parameter and layer names that SING leaves alone. */
  exclude: v.array(v.string()),
});
export type SingSettings = v.InferOutput<typeof singSettingsSchema>;

export const defaultSingSettings: SingSettings = {
  mode: 'off',
  centralize: true,
  normalize: 'norm',
  softplus: true,
  lookahead: true,
  weightDecay: 0,
  skipNonFinite: false,
  exclude: [],
};
