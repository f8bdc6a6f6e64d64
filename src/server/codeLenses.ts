import * as l10n from '@vscode/l10n';
import type {CodeLens, Range} from 'vscode-languageserver/node';
import {commands, type RunArgument, type ScriptArgument} from '../contributions';
import type {FileView} from './fileView';
import {fileKey, uriOf} from './fileKey';
import type {FileRuns} from './fileRuns';
import {numberText} from './numberWords';
import type {RunTail} from './runTail';
import {locateSite} from './siteLocation';
import type {SourceDocument} from './sourceDocument';

/** Lines at which a training is called: what the text shows, and what runs have shown. */
function trainingLines(view: FileView): Range[] {
  const {key, document, report: {runs: {speaker, newest}}} = view;
  const run = speaker ?? newest;
  const ranges = new Map<number, Range>();
  for (const {site} of run?.trainings ?? []) {
    if (run === null || site === null || fileKey(site.file) !== key) continue;
    const location = locateSite(run, site, document);
    if ('range' in location) ranges.set(location.range.start.line, location.range);
  }
  const calls = document.code.calls.filter(({isCertain}) => isCertain);
  const isNear = run !== null || (calls.length > 0 && view.usesTfjs);
  // Without TensorFlow.js in reach and without a run of it, a `fit` is somebody else's.
  for (const {call, start, end} of calls) {
    if (!isNear && call !== 'fitDataset' && call !== 'trainOnBatch') continue;
    const from = document.position(start);
    if (!ranges.has(from.line)) ranges.set(from.line, {start: from, end: document.position(end)});
  }
  return [...ranges.values()].sort((a, b) => a.start.line - b.start.line);
}

/** The file is a script to run, or a part of one that trains. */
export function isTrainingFile(view: FileView): boolean {
  const {newest} = view.report.runs;
  return (newest !== null && isScriptOf(newest, view.key)) || trainingLines(view).length > 0;
}

/** Run, run with SING and compare at the top and at each training call; while a run goes on, where it is. */
export function codeLensesOf(view: FileView, isTrusted: boolean): CodeLens[] {
  if (!isTrainingFile(view)) return [];
  const {key, document, report: {runs}} = view;
  const places = trainingLines(view);
  const top = topOf(document);
  if (!places.some(({start}) => start.line === top.start.line)) places.unshift(top);
  const {live} = runs;
  const argument: ScriptArgument = {uri: scriptOf(key, document, runs)};
  return places.flatMap((range) => (live !== null ? liveLenses(live, range) : isTrusted ? startLenses(range, argument) : []));
}

function startLenses(range: Range, argument: ScriptArgument): CodeLens[] {
  const lens = (title: string, command: string): CodeLens => ({range, command: {title, command, arguments: [argument]}});
  return [lens(l10n.t('Run'), commands.run), lens(l10n.t('Run with SING'), commands.runWithSing), lens(l10n.t('Compare SING off/on'), commands.compare)];
}

function liveLenses({store, id, step, loss, hasLoss}: RunTail, range: Range): CodeLens[] {
  const argument: RunArgument = {store, run: id};
  const title = step === 0 ? l10n.t('Starting — Open panel') : !hasLoss ? l10n.t('step {0} — Open panel', step) : l10n.t('step {0} · loss {1} — Open panel', step, numberText(loss));
  return [
    {range, command: {title, command: commands.openPanel, arguments: [argument]}},
    {range, command: {title: l10n.t('Stop'), command: commands.stop, arguments: [argument]}},
  ];
}

/** The script that trains what stands in a file: the file itself, or the one that ran it last. */
function scriptOf(key: string, document: SourceDocument, {speaker, newest}: FileRuns): string {
  const run = newest ?? speaker;
  const script = run?.launch.script ?? null;
  return script === null || fileKey(script) === key ? document.uri : uriOf(script);
}

function isScriptOf({launch: {script}}: RunTail, key: string): boolean {
  return script !== null && fileKey(script) === key;
}

function topOf({lines}: SourceDocument): Range {
  const line = lines[0]?.startsWith('#!') ? 1 : 0;
  return {start: {line, character: 0}, end: {line, character: 0}};
}
