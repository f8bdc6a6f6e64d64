import {commands as vscodeCommands, l10n, ProgressLocation, window, workspace, type Progress} from 'vscode';
import {commands, settings, type RunArgument} from '../contributions';
import type {InstallPhase, InstallProgress} from '../runtime/installOptions';
import {requireTrust, showInformation, UserProblem, type Mend} from './messages';
import {countText} from './texts';

const MEGABYTE = 1e6;

/** What the one button says: what it does, how large it is, how long it takes. */
export async function installLabel(): Promise<string> {
  return Promise.resolve(l10n.t('Install TensorFlow Runtime ({0} MB, about {1} min)', 275, 2));
}

/**
 * Installs the managed runtime with progress that can be cancelled; afterwards `run`, if one is given, is offered again.
 * @throws UserProblem with the reason and the mend
 */
export async function installManagedRuntime(packageRoot: string, run: RunArgument | null): Promise<void> {
  requireTrust();
  const [{installRuntime}, {findNode}] = await Promise.all([import('../runtime/installation'), import('../session/nodeCommand')]);
  const wanted = workspace.getConfiguration().get<string>(settings.nodePath)?.trim() || null;
  const node = findNode(wanted, packageRoot, process.env).path;
  const again: Mend = {label: l10n.t('Try Again'), run: () => vscodeCommands.executeCommand(commands.installRuntime, run ?? undefined)};
  const abort = new AbortController();
  const title = l10n.t('Installing TensorFlow runtime');
  await window.withProgress({location: ProgressLocation.Notification, title, cancellable: true}, async (progress, token) => {
    token.onCancellationRequested(() => abort.abort());
    const bar = new ProgressBar(progress);
    try {
      const {runtime, installed, opsError} = await installRuntime({
        packageRoot, gpu: false, from: null, dir: null, node, signal: abort.signal, onProgress: (step) => bar.show(step),
      });
      const ready = installed ? l10n.t('TensorFlow {0} is installed.', runtime.tensorflow) : l10n.t('TensorFlow {0} is there already.', runtime.tensorflow);
      const slow = opsError === null ? '' : ` ${l10n.t('SINGscope\'s own operations could not be built ({0}): gradients are copied instead, which costs more.', opsError)}`;
      showInformation(`${ready}${slow}`, run === null ? [] : [{label: l10n.t('Run Again'), run: () => vscodeCommands.executeCommand(commands.rerun, run)}]);
    } catch (error) {
      if (abort.signal.aborted) showInformation(l10n.t('The install was stopped. The next one goes on where it was.'), [again]);
      else if (error instanceof Error && error.name === 'RuntimeError') throw new UserProblem(error.message, [again]);
      else throw error;
    }
  });
}

/** The notification shows one bar over all bytes of a phase. */
class ProgressBar {
  private percent = 0;

  constructor(private readonly progress: Progress<{message?: string; increment?: number}>) {}

  show({phase, detail, done, total}: InstallProgress): void {
    const share = phase === 'download' && done !== null && total !== null && total > 0 ? (done / total) * 100 : null;
    const increment = share === null ? undefined : Math.max(0, share - this.percent);
    if (share !== null) this.percent = Math.max(this.percent, share);
    const megabytes = (bytes: number): string => countText(Math.round(bytes / MEGABYTE));
    const size = done === null ? '' : total === null ? ` ${megabytes(done)} MB` : ` ${megabytes(done)}/${megabytes(total)} MB`;
    this.progress.report({message: `${phaseText(phase)} ${detail}${size}`, ...(increment === undefined ? {} : {increment})});
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
