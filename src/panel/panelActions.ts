import {commands as vscodeCommands, Uri} from 'vscode';
import {commands, type FindingArgument, type RunArgument, type ScriptArgument, type TrialArgument} from '../contributions';
import type {PageMessage, PanelRun, PanelSubject} from '../protocol/panel';

type ActionRequest = Extract<PageMessage, {type: 'action'}>;

/** Does what a button of the page stands for, by the command of that name. */
export async function doAction({action, run, finding}: ActionRequest, subject: PanelSubject | null, runs: readonly PanelRun[]): Promise<void> {
  const of = runs.find(({id}) => id === run) ?? (run === null ? runs[0] : undefined);
  const target: RunArgument | undefined = subject && of ? {store: subject.store, run: of.id} : undefined;
  // A trial is stopped, done again and reported on as a whole.
  const whole = subject?.kind === 'trial' ? trialOf(subject) : target;
  const script: ScriptArgument | undefined = of?.script ? {uri: Uri.file(of.script).toString()} : undefined;
  switch (action) {
    case 'run': return await execute(commands.run, script);
    case 'runWithSing': return await execute(commands.runWithSing, script);
    case 'compare': return await execute(commands.compare, script);
    case 'rerun': return await execute(commands.rerun, whole);
    case 'stop': return await execute(commands.stop, whole);
    case 'openReport': return await execute(commands.openReport, whole);
    case 'openLog': return await execute(commands.openLog, target);
    case 'chooseRun': return await execute(commands.openPanel, undefined);
    case 'copyFinding': {
      if (!target || finding === null) return;
      return await execute(commands.copyFinding, {...target, finding} satisfies FindingArgument);
    }
  }
}

function trialOf({store, trial}: Extract<PanelSubject, {kind: 'trial'}>): TrialArgument {
  return {store, trial};
}

async function execute(command: string, argument: object | undefined): Promise<void> {
  await vscodeCommands.executeCommand(command, ...(argument ? [argument] : []));
}
