import {commands as vscodeCommands, l10n, ProgressLocation, window, workspace, type Progress} from 'vscode';
import {commands, settings, type InstallArgument, type RunArgument} from '../contributions';
import {messageOf} from '../platform/failure';
import type {InstallPhase, InstallProgress} from '../runtime/installOptions';
import {engineText} from './engineWords';
import {requireTrust, showInformation, UserProblem, type Mend} from './messages';
import {countText} from './texts';

const MEGABYTE = 1e6;

/** What the one button says: what it does, how large it is, how long it takes. */
export async function installLabel(): Promise<string> {
  const {runtimeInstallEstimate} = await import('../runtime/installEstimate');
  const {downloadMB, minutes} = runtimeInstallEstimate(false);
  return l10n.t('Install TensorFlow Runtime ({0} MB, about {1} min)', countText(downloadMB), countText(minutes));
}

/**
 * Installs the managed runtime with progress that can be cancelled; afterwards `run`, if one is given, is offered again.
 * @param gpu the runtime for the GPU in place of that for the CPU
 * @throws UserProblem with the reason and the mend
 */
export async function installManagedRuntime(packageRoot: string, run: RunArgument | null, gpu = false): Promise<void> {
  requireTrust();
  const [{installRuntime}, {installFraction}, {findEditorNode}] = await Promise.all([import('../runtime/installation'), import('../runtime/installEstimate'), import('../session/editorNode')]);
  const wanted = workspace.getConfiguration().get<string>(settings.nodePath)?.trim() || null;
  const node = findEditorNode(wanted, packageRoot, process.env).path;
  const again: Mend = {label: l10n.t('Try Again'), run: () => vscodeCommands.executeCommand(commands.installRuntime, {...run, gpu} satisfies InstallArgument)};
  const abort = new AbortController();
  const title = l10n.t('Installing TensorFlow runtime');
  await window.withProgress({location: ProgressLocation.Notification, title, cancellable: true}, async (progress, token) => {
    token.onCancellationRequested(() => abort.abort());
    const bar = new ProgressBar(progress, installFraction);
    try {
      const {runtime, installed, opsError} = await installRuntime({
        packageRoot, gpu, from: null, dir: null, node, signal: abort.signal, onProgress: (step) => bar.show(step),
      });
      const ready = installed ? l10n.t('TensorFlow {0} is installed.', runtime.tensorflow) : l10n.t('TensorFlow {0} is there already.', runtime.tensorflow);
      const slow = opsError === null ? '' : ` ${l10n.t('SINGscope\'s own operations could not be built ({0}): gradients are copied instead, which costs more.', opsError)}`;
      showInformation(`${ready}${slow}`, run === null ? [] : [{label: l10n.t('Run Again'), run: () => vscodeCommands.executeCommand(commands.rerun, run)}]);
    } catch (error) {
      if (abort.signal.aborted) showInformation(l10n.t('The install was stopped. The next one goes on where it was.'), [again]);
      else if (error instanceof Error && error.name === 'RuntimeError') throw new UserProblem(engineText(messageOf(error)), [again]);
      else throw error;
    }
  });
}

/** The notification shows one bar over all phases. */
class ProgressBar {
  private percent = 0;

  constructor(private readonly progress: Progress<{message?: string; increment?: number}>, private readonly fraction: (step: InstallProgress) => number | null) {}

  show(step: InstallProgress): void {
    const {phase, detail, done, total} = step;
    const percent = Math.max(this.percent, (this.fraction(step) ?? 0) * 100);
    const increment = percent - this.percent;
    this.percent = percent;
    const megabytes = (bytes: number): string => countText(Math.round(bytes / MEGABYTE));
    const size = done === null ? '' : total === null ? ` ${megabytes(done)} MB` : ` ${megabytes(done)}/${megabytes(total)} MB`;
    this.progress.report({message: `${phaseText(phase)} ${detail}${size}`, increment});
  }
}

function phaseText(phase: InstallPhase): string {
  switch (phase) {
    case 'wait': return l10n.t('Waiting:');
    case 'download': return l10n.t('Downloading');
    case 'extract': return l10n.t('Unpacking');
    case 'tfjs': return l10n.t('Installing');
    case 'compile': return l10n.t('Compiling');
    case 'verify': return l10n.t('Trying out');
  }
}
