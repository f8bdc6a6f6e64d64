import * as v from 'valibot';

/** Messages between the page that says what there is to train with and its controller in the extension host. */

/** What a button beside a problem does. */
export const mendActionSchema = v.variant('kind', [
  v.object({kind: v.literal('install'), gpu: v.boolean()}),
  /** Sets a runtime that does not load aside and installs it again. */
  v.object({kind: v.literal('rebuild'), runtime: v.string()}),
  v.object({kind: v.literal('chooseNode')}),
]);
export type MendAction = v.InferOutput<typeof mendActionSchema>;

const entrySchema = v.object({text: v.string(), state: v.picklist(['good', 'bad', 'plain'])});
export type DoctorEntry = v.InferOutput<typeof entrySchema>;

const problemSchema = v.object({
  problem: v.string(),
  mend: v.string(),
  /** null where no button of the editor mends it. */
  button: v.nullable(v.object({label: v.string(), action: mendActionSchema})),
});
export type DoctorProblem = v.InferOutput<typeof problemSchema>;

const pageReportSchema = v.object({
  /** Folder that was looked at. */
  folder: v.string(),
  facts: v.array(v.object({name: v.string(), entries: v.array(entrySchema)})),
  problems: v.array(problemSchema),
});
/** What was found, in the words of the editor and the user's language. */
export type DoctorPageReport = v.InferOutput<typeof pageReportSchema>;

/** What the page keeps over a reload of the window. */
export const doctorPageStateSchema = v.object({folder: v.string()});
export type DoctorPageState = v.InferOutput<typeof doctorPageStateSchema>;

export const doctorHostMessageSchema = v.variant('type', [
  /** First answer to `ready`. `strings`: English text to translation; null for English. */
  v.object({type: v.literal('start'), locale: v.string(), strings: v.nullable(v.record(v.string(), v.string()))}),
  v.object({type: v.literal('looking')}),
  v.object({type: v.literal('report'), report: pageReportSchema}),
  v.object({type: v.literal('copied')}),
  v.object({type: v.literal('failed'), message: v.string()}),
]);
export type DoctorHostMessage = v.InferOutput<typeof doctorHostMessageSchema>;

export const doctorPageMessageSchema = v.variant('type', [
  v.object({type: v.literal('ready')}),
  v.object({type: v.literal('refresh')}),
  v.object({type: v.literal('copy')}),
  v.object({type: v.literal('mend'), action: mendActionSchema}),
]);
export type DoctorPageMessage = v.InferOutput<typeof doctorPageMessageSchema>;
