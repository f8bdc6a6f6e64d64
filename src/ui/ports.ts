import type {Event} from 'vscode';
import type {RunArgument} from '../contributions';
import type {CallSite} from '../protocol/callSite';
import type {FileStateParams, LayersAtResult, LineOfResult} from '../protocol/languageServer';
import type {PanelSubject} from '../protocol/panel';

/** Where the panel should look when it opens. */
export interface PanelFocus {
  parameter?: string;
  step?: number;
}

/** A parameter that the pointer or focus of a panel is on; null: on none any more. */
export interface PanelParameterEvent extends Pick<RunArgument, 'store' | 'run'> {
  parameter: string | null;
  /** Where the run recorded its line. */
  site: CallSite | null;
}

/** What this room needs of the panels. */
export interface PanelPort {
  open(subject: PanelSubject, focus?: PanelFocus): unknown;
  /** These parameters' line is under the cursor; none: no longer. */
  highlight(of: Pick<LayersAtResult, 'store' | 'run' | 'parameters'> | null): void;
  onHover: Event<PanelParameterEvent>;
  onReveal: Event<PanelParameterEvent & {parameter: string}>;
}

/** What this room needs of the language client. */
export interface CodePort {
  layersAt(uri: string, line: number): Promise<LayersAtResult | null>;
  /** Where a parameter's line is now; null where nobody can tell. */
  lineOf(store: string, run: string, parameter: string): Promise<LineOfResult | null>;
  onFileState: Event<FileStateParams>;
}
