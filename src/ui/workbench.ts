import {Disposable, type ExtensionContext} from 'vscode';
import {CodeLink} from './codeLink';
import {registerCommands} from './commandTable';
import {FileStatus} from './fileStatus';
import {LiveRuns} from './liveRuns';
import {LiveTrials} from './liveTrials';
import type {CodePort, PanelPort} from './ports';
import {runCommands} from './runCommands';
import {watchEndings} from './runEnding';
import {RunIndex} from './runIndex';
import {RunOutput} from './runOutput';
import {RunStores} from './runStores';
import {RunsView} from './runsView';
import {offerRuntime} from './runtimeOffer';
import {setupCommands} from './setupCommands';
import {StatusItem} from './statusItem';
import {trainingCommands} from './trainingCommands';
import {Trainings} from './trainings';
import {watchTrialEndings} from './trialEnding';
import {watchWalkthrough} from './walkthroughProgress';

/** What the extension's face needs of the other rooms. */
export interface WorkbenchParts {
  panels: PanelPort;
  code: CodePort;
  showDoctor: () => unknown;
}

/** Puts the extension's face together: commands, view, status item, notifications. */
export function openWorkbench(context: ExtensionContext, {panels, code, showDoctor}: WorkbenchParts): Disposable {
  const stores = new RunStores(context.workspaceState);
  const live = new LiveRuns();
  const trials = new LiveTrials();
  const index = new RunIndex(stores, live, trials);
  const output = new RunOutput(live);
  const status = new StatusItem(live, trials, index);
  const view = new RunsView(index, live, trials);
  const trainings = new Trainings(context.extensionPath, stores, live, trials, output, panels);
  // Reading loads the engine: after the extension is there.
  setImmediate(() => void stores.search());
  return Disposable.from(
    stores, live, trials, index, output, status, view,
    new FileStatus(code),
    new CodeLink(code, panels),
    watchWalkthrough(live),
    watchEndings(live),
    watchTrialEndings(trials),
    offerRuntime(live, context.globalState),
    registerCommands({
      ...trainingCommands(trainings, live, trials, index, status),
      ...runCommands(index, output, panels, code),
      ...setupCommands(context.extensionPath, view, showDoctor),
    }),
  );
}
