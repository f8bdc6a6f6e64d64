import {join} from 'node:path';
import {commands as vscodeCommands, env, l10n, Uri} from 'vscode';
import {commands, type RunArgument} from '../contributions';
import {findingOf, runOf, selectionOf, trialOf} from './arguments';
import type {CommandHandler} from './commandTable';
import {copyFinding} from './findingCopy';
import {goToLayer} from './layerChoice';
import {showInformation, UserProblem} from './messages';
import type {CodePort, PanelPort} from './ports';
import {openReport} from './reportOpening';
import {pickPair, pickRun} from './runChoice';
import {deleteRuns} from './runDeletion';
import type {RunIndex} from './runIndex';
import type {RunOutput} from './runOutput';

/** Commands on what was recorded. */
export function runCommands(index: RunIndex, output: RunOutput, panels: PanelPort, code: CodePort) {
  const choose = async (argument: unknown, question: string): Promise<RunArgument | null> => runOf(argument) ?? await pickRun(index, question);
  return {
    [commands.openPanel]: async (argument: unknown) => {
      const trial = trialOf(argument);
      if (trial !== null) {
        await panels.open({kind: 'trial', ...trial});
        return;
      }
      const run = await choose(argument, l10n.t('Run to show'));
      if (run === null) return;
      const {parameter, step} = run;
      await panels.open({kind: 'run', store: run.store, run: run.run}, {...(parameter === undefined ? {} : {parameter}), ...(step === undefined ? {} : {step})});
    },
    [commands.openReport]: async (argument: unknown) => {
      const subject = trialOf(argument) ?? await choose(argument, l10n.t('Run to report on'));
      if (subject !== null) await openReport(subject);
    },
    [commands.openLog]: async (argument: unknown) => {
      const run = await choose(argument, l10n.t('Run whose output to show'));
      if (run !== null) await output.show(run, true);
    },
    [commands.compareRuns]: async (first: unknown, all: unknown) => {
      const [one, two, ...more] = selectionOf(runOf, first, all);
      if (more.length > 0) throw new UserProblem(l10n.t('Two runs can be compared: select two.'));
      const known = one === undefined ? null : await index.find(one);
      const pair = one !== undefined && two !== undefined ? [one, two] as const : await pickPair(index, known);
      if (pair === null) return;
      const [a, b] = pair;
      if (a.store !== b.store) throw new UserProblem(l10n.t('These two runs lie in different stores, so they can\'t be compared.'));
      const runs: [string, string] = a.run < b.run ? [a.run, b.run] : [b.run, a.run];
      await panels.open({kind: 'pair', store: a.store, runs});
    },
    [commands.revealRun]: async (argument: unknown) => {
      const trial = trialOf(argument);
      const run = trial === null ? await choose(argument, l10n.t('Run whose folder to show')) : null;
      const {runDir, trialDir} = await import('../runs/runStore');
      if (trial !== null) await revealFolder(join(trialDir(trial.store, trial.trial), 'trial.json'));
      else if (run !== null) await revealFolder(join(runDir(run.store, run.run), 'run.json'));
    },
    [commands.deleteRun]: async (first: unknown, all: unknown) => {
      const [runs, trials] = [selectionOf(runOf, first, all), selectionOf(trialOf, first, all)];
      if (runs.length + trials.length > 0) await deleteRuns(index, runs, trials);
      else {
        const run = await pickRun(index, l10n.t('Run to delete'));
        if (run !== null) await deleteRuns(index, [run], []);
      }
    },
    [commands.refreshRuns]: () => index.refresh(),
    [commands.copyFinding]: async (argument: unknown) => {
      const given = findingOf(argument);
      await copyFinding(given ?? await choose(argument, l10n.t('Run whose finding to copy')));
    },
    [commands.goToLayer]: async (argument: unknown) => {
      const run = runOf(argument) ?? (await index.newest(1)).records[0] ?? null;
      if (run === null) throw new UserProblem(l10n.t('There is no run yet: start one from a training script.'));
      await goToLayer(run, (...of) => code.lineOf(...of));
    },
  } satisfies Record<string, CommandHandler>;
}

/** The file manager of the machine that VS Code runs on; elsewhere the path is copied. */
async function revealFolder(file: string): Promise<void> {
  if (env.remoteName === undefined) await vscodeCommands.executeCommand('revealFileInOS', Uri.file(file));
  else {
    await env.clipboard.writeText(file);
    showInformation(l10n.t('The run lies on the remote machine; its path was copied: {0}', file), [
      {label: l10n.t('Open run.json'), run: () => vscodeCommands.executeCommand('vscode.open', Uri.file(file))},
    ]);
  }
}
