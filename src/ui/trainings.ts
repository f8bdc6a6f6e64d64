import {l10n, ProgressLocation, window, workspace, type Uri} from 'vscode';
import {settings as settingIds} from '../contributions';
import type {Launch} from '../protocol/runFolder';
import type {SingSettings} from '../protocol/sing';
import type {Trial} from '../runs/trial';
import type {NodeProgram} from '../session/nodeCommand';
import type {StartedRun} from '../session/runLaunch';
import type {LiveRun, LiveRuns} from './liveRuns';
import type {LiveTrials} from './liveTrials';
import {requireTrust} from './messages';
import type {PanelPort} from './ports';
import type {RunOutput} from './runOutput';
import type {RunStores} from './runStores';
import {startFailure} from './startFailure';
import {scriptName} from './texts';
import {compareSeeds, startSettings, type StartSettings} from './trainingSettings';

/** Starts trainings, shows the wait for their first step, and says what became of those that went wrong. */
export class Trainings {
  constructor(
    private readonly packageRoot: string,
    private readonly stores: RunStores,
    private readonly live: LiveRuns,
    private readonly liveTrials: LiveTrials,
    private readonly output: RunOutput,
    private readonly panels: PanelPort,
  ) {}

  /** Starts a script; resolves when its first step was made or it is over. @throws UserProblem */
  async run(script: Uri, sing: Partial<SingSettings>): Promise<void> {
    requireTrust();
    await this.start(script, startSettings(script, sing, this.packageRoot));
  }

  /** Starts what another run was, with the same arguments and settings of SING. @throws UserProblem */
  async again(script: Uri, {args, cwd, sing, lrScale, seed, maxSteps}: Launch): Promise<void> {
    requireTrust();
    await this.start(script, {...startSettings(script, sing, this.packageRoot), args, cwd, lrScale, seed, maxSteps});
  }

  /** Trains both arms with the same seeds, in a process that outlives this window; resolves when it has begun. @throws UserProblem */
  async compare(script: Uri): Promise<void> {
    requireTrust();
    await this.startTrial(startSettings(script, {}, this.packageRoot), compareSeeds(script));
  }

  /** Goes on with a trial that was left, or does one that is through once more. @throws UserProblem */
  async compareAgain(script: Uri, {args, cwd, seeds}: Trial): Promise<void> {
    requireTrust();
    await this.startTrial({...startSettings(script, {}, this.packageRoot), args, cwd}, seeds.length);
  }

  /** Node and store for a script. @throws UserProblem with a button that mends */
  async prepare(start: StartSettings): Promise<{node: NodeProgram; store: string}> {
    const [{findScript}, {findEditorNode}, {findStore}] = await Promise.all([import('../session/nodeCommand'), import('../session/editorNode'), import('../runs/runStore')]);
    try {
      findScript(start.script, start.cwd, start.cwd);
      return {node: findEditorNode(start.node, start.cwd, process.env), store: findStore(start.cwd)};
    } catch (error) {
      throw startFailure(error, start);
    }
  }

  private async start(script: Uri, start: StartSettings): Promise<void> {
    const {node, store} = await this.prepare(start);
    const {startRun} = await import('../session/runLaunch');
    let started: StartedRun;
    try {
      started = await startRun({...start, store}, node, null);
    } catch (error) {
      throw startFailure(error, start);
    }
    this.stores.add(started.store);
    const run = await this.live.follow(started.store, started.id);
    run.stop = started.stop;
    await this.output.show(run, false);
    if (workspace.getConfiguration(undefined, script).get<boolean>(settingIds.openPanelOnRun) !== false) {
      this.panels.open({kind: 'run', store: run.store, run: run.run});
    }
    await this.untilFirstStep(run);
  }

  private async startTrial(start: StartSettings, seeds: number): Promise<void> {
    const {node, store} = await this.prepare(start);
    const [{defaultJobs, startTrial}, {trialSeeds}] = await Promise.all([import('../session/trialStart'), import('../session/trialPlan')]);
    const title = l10n.t('Starting the comparison of {0}', scriptName(start.script));
    const started = await window.withProgress({location: ProgressLocation.Notification, title}, async () => {
      try {
        return await startTrial({...start, store}, node, {arms: ['off', 'on'], seeds: trialSeeds(seeds, null), keepSeed: false, jobs: defaultJobs()});
      } catch (error) {
        throw startFailure(error, start);
      }
    });
    this.stores.add(started.store);
    await this.liveTrials.follow({store: started.store, trial: started.id});
    await this.panels.open({kind: 'trial', store: started.store, trial: started.id});
  }

  private async untilFirstStep(run: LiveRun): Promise<void> {
    const title = run.launch.sing.mode === 'off' ? l10n.t('Starting {0}', scriptName(run.launch.script)) : l10n.t('Starting {0} with SING', scriptName(run.launch.script));
    await window.withProgress({location: ProgressLocation.Notification, title, cancellable: true}, async (progress, token) => {
      progress.report({message: l10n.t('waiting for the first step …')});
      await new Promise<void>((resolve) => {
        const subscription = this.live.onDidChange((changed) => {
          if (changed !== run || (run.status === 'running' && run.state.step === 0)) return;
          subscription.dispose();
          resolve();
        });
        token.onCancellationRequested(() => {
          progress.report({message: l10n.t('stopping …')});
          run.stop?.press();
        });
      });
    });
  }
}
