import * as v from 'valibot';

/**
 * What the language server says and is asked beyond LSP. Diagnostics, hovers, inlay hints, lenses
 * and code actions go by the protocol's own messages, so that any editor over stdio has them.
 */

/** Which kinds of inline information are wanted. */
export const inlineSettingsSchema = v.object({
  codeLens: v.optional(v.boolean(), true),
  diagnostics: v.optional(v.boolean(), true),
  hover: v.optional(v.boolean(), true),
  inlayHints: v.optional(v.boolean(), true),
});
export type InlineSettings = v.InferOutput<typeof inlineSettingsSchema>;

/** Options of `initialize`, all optional: another editor gives none. */
export const serverOptionsSchema = v.object({
  /** English text to translation; null for English. */
  strings: v.optional(v.nullable(v.record(v.string(), v.string())), null),
  /** Changed later by `workspace/didChangeConfiguration`. */
  inline: v.optional(inlineSettingsSchema, {}),
  /** The workspace is trusted, so that lenses may offer to run what is in it. */
  trusted: v.optional(v.boolean(), true),
  /** The client shows pictures from `data:` URIs in Markdown and runs the extension's commands from its links. */
  rich: v.optional(v.boolean(), false),
});
export type ServerOptions = v.InferOutput<typeof serverOptionsSchema>;

/** Parameters of `workspace/didChangeConfiguration`; what is left out stays as it was. */
export const changedSettingsSchema = v.object({
  settings: v.object({singscope: v.object({inline: v.optional(v.partial(inlineSettingsSchema)), trusted: v.optional(v.boolean())})}),
});

/** Parameters of the requests below. */
export const layersAtSchema = v.object({uri: v.string(), line: v.number()});
export const lineOfSchema = v.object({store: v.string(), run: v.string(), parameter: v.string()});

/** Why a file shows nothing, or what it shows; the one place in which that is said. */
export const fileStates = ['no-training', 'not-trained', 'clean', 'findings', 'changed', 'no-call-site', 'running'] as const;
export type FileState = (typeof fileStates)[number];

/** server → client notification `singscope/fileState`, for each open file when it changes. */
export const FILE_STATE = 'singscope/fileState';
export interface FileStateParams {
  uri: string;
  state: FileState;
  /** One sentence in the user's language. */
  text: string;
  /** The run that the file's findings are from. */
  store: string | null;
  run: string | null;
}

/** client → server request `singscope/layersAt`: which parameters were made at this line of this file? */
export const LAYERS_AT = 'singscope/layersAt';
export interface LayersAtParams {
  uri: string;
  /** From 0, as in LSP. */
  line: number;
}
export interface LayersAtResult {
  store: string;
  run: string;
  parameters: string[];
}

/** client → server request `singscope/lineOf`: where is the line that made this parameter now? Null: gone, or changed beyond finding. */
export const LINE_OF = 'singscope/lineOf';
export interface LineOfParams {
  store: string;
  run: string;
  parameter: string;
}
export interface LineOfResult {
  uri: string;
  /** From 0. */
  line: number;
  column: number;
  /** The line's own text was changed since the run. */
  stale: boolean;
}
