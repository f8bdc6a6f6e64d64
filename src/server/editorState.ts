import type {Diagnostic} from 'vscode-languageserver/node';
import type {FileStateParams, InlineSettings, LayersAtParams, LayersAtResult, LineOfParams, LineOfResult} from '../protocol/languageServer';
import {diagnosticsOf} from './diagnostics';
import {fileKey, pathOf} from './fileKey';
import {parametersAt, reportOn} from './fileReport';
import {runsOfFile} from './fileRuns';
import {stateOf} from './fileStates';
import {FileView} from './fileView';
import {groupFindings} from './findingGroups';
import type {RunTail} from './runTail';
import type {RunWatch} from './runWatch';
import {locateSite} from './siteLocation';
import type {Workspace} from './workspace';

/** What the editor is told, from the files as they are and the runs as they were. */
export class EditorState {
  inline: InlineSettings = {codeLens: true, diagnostics: true, hover: true, inlayHints: true};
  trusted = true;

  constructor(private readonly workspace: Workspace, private readonly watch: RunWatch) {}

  /** A file by its URI; null where it is none that can be read. */
  view(uri: string): FileView | null {
    const path = pathOf(uri);
    if (path === null) return null;
    const opened = this.workspace.open.get(uri);
    const key = opened?.key ?? fileKey(path);
    const document = opened?.document ?? this.workspace.document(key);
    if (document === null) return null;
    return new FileView(key, document, reportOn(key, document, runsOfFile(key, this.watch.runs)), this.workspace);
  }

  diagnostics(uri: string): Diagnostic[] {
    if (!this.inline.diagnostics) return [];
    const view = this.view(uri);
    const isShown = view !== null && (this.workspace.open.has(uri) || this.closedFiles().includes(view.key));
    return !isShown ? [] : diagnosticsOf(view.report, uri);
  }

  /** Files that no editor has open, but a finding of the newest run of a store names. */
  closedFiles(): string[] {
    const open = new Set([...this.workspace.open.values()].map(({key}) => key));
    const newest = new Map<string, RunTail>();
    for (const run of this.watch.runs) if (run.isPlain && run.speaks() && !newest.has(run.store)) newest.set(run.store, run);
    return [...newest.values()].flatMap((run) => [...groupFindings(run).byFile.keys()]).filter((key) => !open.has(key));
  }

  fileState(uri: string): FileStateParams | null {
    const view = this.view(uri);
    if (view === null) return null;
    const {state, text, run} = stateOf(view, this.watch.runs.find((one) => one.isPlain) ?? null);
    return {uri, state, text, store: run?.store ?? null, run: run?.id ?? null};
  }

  layersAt({uri, line}: LayersAtParams): LayersAtResult | null {
    const view = this.view(uri);
    const speaker = view?.report.runs.speaker ?? null;
    if (view === null || speaker === null) return null;
    const {parameters} = parametersAt(view.key, view.document, view.report.runs, line);
    return parameters.length === 0 ? null : {store: speaker.store, run: speaker.id, parameters: parameters.map(({name}) => name)};
  }

  lineOf({store, run: id, parameter: name}: LineOfParams): LineOfResult | null {
    const run = this.watch.run(fileKey(store), id);
    const site = [...run?.parameters.values() ?? []].find((parameter) => parameter.name === name)?.site ?? null;
    if (run === null || site === null) return null;
    const document = this.workspace.document(fileKey(site.file));
    const location = document === null ? null : locateSite(run, site, document);
    if (document === null || location === null || !('range' in location)) return null;
    const {line, character} = location.range.start;
    return {uri: document.uri, line, column: character, stale: location.kind === 'stale'};
  }

  run(store: string, id: string): RunTail | null {
    return this.watch.run(store, id);
  }
}
