import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {commands as vscodeCommands, l10n, Position, Range, Uri, window, type Disposable} from 'vscode';
import {commands, type RunArgument} from '../contributions';
import {runFiles} from '../protocol/runFolder';
import type {LiveRun, LiveRuns} from './liveRuns';
import {showError, showWarning, type Mend} from './messages';
import {readScriptError, type ScriptError} from './scriptError';
import {countText, scriptName} from './texts';

/** Says what became of a run of this window that did not go as it should; one that did says so in the status bar. */
export function watchEndings(live: LiveRuns): Disposable {
  return live.onDidEnd((run) => {
    // A trial speaks for its runs; another session's run ended somewhere else.
    if (run.stop !== null && run.launch.trial === null) void tellEnd(run);
  });
}

/** Shows why a run failed, with the line of the script. */
export async function tellFailure(run: RunArgument & {script: string | null; steps: number}): Promise<void> {
  const script = scriptName(run.script);
  const error = await readError(run);
  const mends = [...(error?.site ? [showLine(error.site)] : []), showOutput(run)];
  const what = error?.message ?? l10n.t('it gave no reason');
  const line = error?.site ? `${scriptName(error.site.file)}:${error.site.line}` : script;
  if (error?.syntax === true) showError(l10n.t('{0} can\'t be run: {1} ({2})', script, what, line), mends);
  else if (run.steps === 0) showError(l10n.t('{0} failed before its first step: {1} ({2})', script, what, line), mends);
  else showError(l10n.t('{0} failed after step {1}: {2} ({3})', script, countText(run.steps), what, line), mends);
}

async function tellEnd(run: LiveRun): Promise<void> {
  const script = scriptName(run.launch.script);
  if (run.notices.some(({code}) => code === 'no-runtime')) {
    const mend = {label: l10n.t('Check Setup'), run: () => vscodeCommands.executeCommand(commands.doctor)};
    showError(l10n.t('No TensorFlow.js could be loaded for {0}.', script), [mend, showOutput(run)]);
    return;
  }
  if (run.status === 'failed') await tellFailure({store: run.store, run: run.run, script: run.launch.script, steps: run.state.step});
  else if (run.status === 'crashed') showError(l10n.t('{0} ended without a word after step {1}: its process is gone.', script, countText(run.state.step)), [showOutput(run)]);
  else if (run.status === 'finished' && run.state.step === 0) {
    const {trainedChildren} = await import('../runs/runSummary');
    if (trainedChildren(run.store, run.run).length > 0) return;
    showWarning(l10n.t('{0} made no optimizer step, so there is nothing to see: it has to train with a tf.Optimizer (fit, minimize, applyGradients).', script), [showOutput(run)]);
  }
}

async function readError({store, run}: RunArgument): Promise<ScriptError | null> {
  try {
    const {runDir} = await import('../runs/runStore');
    return readScriptError(await readFile(join(runDir(store, run), runFiles.stderr), 'utf8'));
  } catch {
    return null;
  }
}

function showLine({file, line, column}: NonNullable<ScriptError['site']>): Mend {
  return {
    label: l10n.t('Show Line'),
    run: async () => {
      const at = new Position(line - 1, Math.max(0, (column ?? 1) - 1));
      await window.showTextDocument(Uri.file(file), {selection: new Range(at, at)});
    },
  };
}

function showOutput({store, run}: RunArgument): Mend {
  return {label: l10n.t('Show Output'), run: () => vscodeCommands.executeCommand(commands.openLog, {store, run} satisfies RunArgument)};
}
