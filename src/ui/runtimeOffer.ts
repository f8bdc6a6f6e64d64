import {commands as vscodeCommands, ConfigurationTarget, l10n, window, workspace, type Disposable, type Memento} from 'vscode';
import {commands, settings, type RunArgument} from '../contributions';
import type {LiveRun, LiveRuns} from './liveRuns';
import {installLabel} from './runtimeInstall';
import {scriptName} from './texts';

/** Notices of a run that has no TensorFlow of its own. */
const SLOW = new Set(['pure-javascript', 'fallback-runtime', 'no-runtime']);
const DECLINED = 'singscope.runtimeDeclined';

/** Offers a TensorFlow to whoever trains on pure JavaScript: once a window, and never again after a no. */
export function offerRuntime(live: LiveRuns, memory: Memento): Disposable {
  let offered = false;
  return live.onDidChange((run) => {
    if (offered || run.stop === null || !run.notices.some(isSlow) || memory.get(DECLINED) === true) return;
    offered = true;
    void offer(run, memory);
  });
}

async function offer(run: LiveRun, memory: Memento): Promise<void> {
  const [{findManagedRuntime}, {unsupportedPlatform}] = await Promise.all([import('../runtime/managedRuntime'), import('../runtime/platformCheck')]);
  const script = scriptName(run.launch.script);
  const never = l10n.t('Don\'t Ask Again');
  if (findManagedRuntime() !== null) {
    // The script asks for plain tfjs: that there is something faster does not change what it gets by itself.
    const use = l10n.t('Use It');
    const answer = await window.showInformationMessage(l10n.t('{0} trains on pure JavaScript. The TensorFlow runtime that is installed is many times faster.', script), use, never);
    if (answer === never) await memory.update(DECLINED, true);
    if (answer === use) await useManaged(run);
    return;
  }
  if (unsupportedPlatform() !== null) return;
  const install = await installLabel();
  const answer = await window.showInformationMessage(l10n.t('{0} trains on pure JavaScript, many times slower than TensorFlow.', script), install, never);
  if (answer === never) await memory.update(DECLINED, true);
  if (answer === install) await vscodeCommands.executeCommand(commands.installRuntime, {store: run.store, run: run.run} satisfies RunArgument);
}

async function useManaged({store, run}: RunArgument): Promise<void> {
  await workspace.getConfiguration().update(settings.runtime, 'managed', ConfigurationTarget.Workspace);
  await vscodeCommands.executeCommand(commands.rerun, {store, run} satisfies RunArgument);
}

function isSlow({code, message}: {code: string; message: string}): boolean {
  return SLOW.has(code) && (code !== 'fallback-runtime' || message.includes('pure JavaScript'));
}
