import {existsSync} from 'node:fs';
import {l10n, Uri} from 'vscode';
import {commands} from '../contributions';
import {runOf, selectionOf, trialOf} from './arguments';
import type {CommandHandler} from './commandTable';
import type {LiveRuns} from './liveRuns';
import type {LiveTrials} from './liveTrials';
import {requireTrust, UserProblem} from './messages';
import {pickRun} from './runChoice';
import type {RunIndex} from './runIndex';
import {stop} from './runStop';
import {chooseScript} from './scriptChoice';
import {toggleSing} from './singToggle';
import type {StatusItem} from './statusItem';
import type {Trainings} from './trainings';

/** Commands that start, steer and end trainings. */
export function trainingCommands(trainings: Trainings, live: LiveRuns, trials: LiveTrials, index: RunIndex, status: StatusItem) {
  const start = (begin: (script: Uri) => Promise<void>): CommandHandler => async (argument) => {
    requireTrust();
    const script = await chooseScript(argument);
    if (script !== null) await begin(script);
  };
  return {
    [commands.run]: start((script) => trainings.run(script, {mode: 'off'})),
    [commands.runWithSing]: start((script) => trainings.run(script, {mode: 'on'})),
    [commands.compare]: start((script) => trainings.compare(script)),
    [commands.stop]: async (first: unknown, all: unknown) => {
      await stop(live, trials, selectionOf(runOf, first, all), selectionOf(trialOf, first, all));
    },
    [commands.rerun]: async (argument: unknown) => {
      requireTrust();
      const trial = trialOf(argument);
      const given = runOf(argument);
      const known = trial === null
        ? (given === null ? await pickRun(index, l10n.t('Run to start again')) : await index.find(given))
        : await index.findTrial(trial);
      if (known === null) {
        if (given !== null || trial !== null) throw new UserProblem(l10n.t('This run is gone: its folder was removed.'));
        return;
      }
      const {script} = 'overview' in known ? known.overview.trial : known.launch;
      if (script === null || !existsSync(script)) throw new UserProblem(l10n.t('The script of this run is gone: {0}', script ?? '–'));
      const uri = await chooseScript({uri: Uri.file(script).toString()});
      if (uri === null) return;
      await ('overview' in known ? trainings.compareAgain(uri, known.overview.trial) : trainings.again(uri, known.launch));
    },
    [commands.toggleSing]: async (argument: unknown) => {
      await toggleSing(live, status, runOf(argument));
    },
  } satisfies Record<string, CommandHandler>;
}
