import {basename, dirname} from 'node:path';
import {Disposable, languages, Uri, window} from 'vscode';
import {contextKeys} from '../contributions';
import {setContext} from './contexts';
import {EXAMPLE_FOLDER} from './exampleOpening';
import type {LiveRuns} from './liveRuns';

/** Source of our diagnostics. */
const SOURCE = 'SINGscope';

/** Tells the walkthrough that a finding's line was on the screen, and that the user's own script ran. */
export function watchWalkthrough(live: LiveRuns): Disposable {
  const lookForFinding = (): void => {
    const seen = window.visibleTextEditors.some(({document, visibleRanges}) => languages.getDiagnostics(document.uri)
      .some(({source, range}) => source === SOURCE && visibleRanges.some((visible) => visible.intersection(range) !== undefined)));
    if (!seen) return;
    void setContext(contextKeys.findingSeen, true);
    finding.dispose();
  };
  const finding = Disposable.from(
    languages.onDidChangeDiagnostics(lookForFinding),
    window.onDidChangeTextEditorVisibleRanges(lookForFinding),
    window.onDidChangeActiveTextEditor(lookForFinding),
  );
  const own = live.onDidChange(({launch, stop, state}) => {
    const ofExample = launch.script !== null && basename(dirname(Uri.file(launch.script).fsPath)) === EXAMPLE_FOLDER;
    if (stop === null || ofExample || state.step === 0) return;
    void setContext(contextKeys.ownRun, true);
    own.dispose();
  });
  return Disposable.from(finding, own);
}
