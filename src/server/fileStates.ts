import * as l10n from '@vscode/l10n';
import type {FileState} from '../protocol/languageServer';
import {isTrainingFile} from './codeLenses';
import type {FileReport} from './fileReport';
import type {FileView} from './fileView';
import type {RunTail} from './runTail';

export interface StateOfFile {
  state: FileState;
  text: string;
  run: RunTail | null;
}

/** A bundle by its name: what a build wrote, not what a person did. */
const BUILT = /[\\/](?:dist|build|out|bundle|\.next|\.cache)[\\/]|\.(?:bundle|min)\.[cm]?js$/;

/** What a file shows, or why it shows nothing. @param newest of all runs nearby, whatever they ran */
export function stateOf(view: FileView, newest: RunTail | null): StateOfFile {
  const {report} = view;
  const {speaker, live} = report.runs;
  if (live !== null && live !== speaker && !live.hasTrained) return {state: 'running', text: l10n.t('A run of this file has started; its first step is awaited.'), run: speaker};
  if (speaker === null) return unspoken(view, newest);
  if (live !== null && report.groups.length === 0) return {state: 'running', text: l10n.t('Training goes on; nothing was found so far.'), run: speaker};
  if (report.groups.length > 0) return located(report, speaker);
  if (report.unplaced.length > 0) return {state: 'no-call-site', text: l10n.t('{0} findings have no line: the layers were made in code without a source map.', report.unplaced.length), run: speaker};
  if (speaker.findings.length > 0) return {state: 'clean', text: l10n.t('The last run found nothing in this file; {0} findings are in other files.', speaker.findings.length), run: speaker};
  return {state: 'clean', text: l10n.t('The last run made {0} steps and found nothing.', speaker.step), run: speaker};
}

function unspoken(view: FileView, newest: RunTail | null): StateOfFile {
  const own = view.report.runs.newest;
  if (own !== null) return {state: own.isLive ? 'running' : 'not-trained', text: own.isLive ? l10n.t('A run of this file has started; its first step is awaited.') : l10n.t('The last run of this file ended before its first step.'), run: own};
  if (!isTrainingFile(view) && !view.document.code.importsTfjs) return {state: 'no-training', text: l10n.t('No training in this file.'), run: null};
  if (newest !== null && isBuilt(newest)) return {state: 'no-call-site', text: l10n.t('The last run was of built code without a source map; build with source maps to see findings here.'), run: newest};
  return {state: 'not-trained', text: newest === null ? l10n.t('Not trained yet: run it to see what its gradients do.') : l10n.t('Not trained yet: the last run was of another file.'), run: null};
}

function located({groups, runs}: FileReport, run: RunTail): StateOfFile {
  const count = (kind: string): number => groups.filter(({location}) => location.kind === kind).length;
  const [fresh, stale, gone, unknown] = [count('fresh'), count('stale'), count('gone'), count('unknown')];
  const goesOn = runs.live === null ? '' : ` ${l10n.t('A run goes on.')}`;
  if (fresh > 0) {
    const text = fresh === 1 ? l10n.t('The last run has a problem at one line of this file.') : l10n.t('The last run has problems at {0} places of this file.', fresh);
    const changed = stale + gone > 0 ? ` ${l10n.t('{0} more were at lines that were changed or deleted since.', stale + gone)}` : '';
    return {state: 'findings', text: `${text}${changed}${goesOn}`, run};
  }
  if (unknown > 0) return {state: 'changed', text: `${l10n.t('The file was changed after the last run, which kept no copy of it: run it again to see its findings here.')}${goesOn}`, run};
  if (gone > 0 && stale === 0) return {state: 'changed', text: `${l10n.t('The lines with the findings of the last run were deleted since ({0}): run it again.', gone)}${goesOn}`, run};
  return {state: 'changed', text: `${l10n.t('The lines with the findings of the last run were changed since ({0}): run it again.', stale + gone)}${goesOn}`, run};
}

function isBuilt(run: RunTail): boolean {
  const {script} = run.launch;
  const sites = [...run.parameters.values()].map(({site}) => site);
  if (sites.length > 0 && sites.every((site) => site === null || BUILT.test(site.file))) return true;
  return script !== null && BUILT.test(script);
}
