import * as v from 'valibot';
import {singSettingsSchema} from './sing';

/** Requests to a recorder, one JSON line each; each is answered by one `ControlReply` line. */
export const controlRequestSchema = v.variant('type', [
  /** Changes the given parts of SING from the next step on. */
  v.object({type: v.literal('set'), token: v.string(), sing: v.partial(singSettingsSchema)}),
  /** Ends the run cleanly at the next step. */
  v.object({type: v.literal('stop'), token: v.string()}),
  /** Is the recorder alive, and at which step? */
  v.object({type: v.literal('ping'), token: v.string()}),
]);
export type ControlRequest = v.InferOutput<typeof controlRequestSchema>;

export const controlReplySchema = v.object({
  ok: v.boolean(),
  step: v.number(),
  error: v.optional(v.string()),
});
export type ControlReply = v.InferOutput<typeof controlReplySchema>;
