import {l10n} from 'vscode';
import type {RunArgument} from '../contributions';
import type {SingMode, SingSettings} from '../protocol/sing';
import {engineText} from './engineWords';
import type {LiveRuns} from './liveRuns';
import {requireTrust, UserProblem} from './messages';
import {pickLive} from './runChoice';
import type {StatusItem} from './statusItem';
import {countText, scriptName} from './texts';

/**
 * Switches SING in a run that goes on: off, or back to what the run was started with, or on.
 * @throws UserProblem where no run goes on, or it does not answer
 */
export async function toggleSing(live: LiveRuns, status: StatusItem, argument: RunArgument | null): Promise<void> {
  requireTrust();
  const given = argument === null ? null : live.find(argument);
  if (argument !== null && given === null) throw new UserProblem(l10n.t('This run is over: SING can only be switched while it goes on.'));
  const run = given ?? (await pickLive(live, l10n.t('Run to switch SING in')))[0];
  if (run === undefined) return;
  const [{askRecorder}, {EventLog}, {runDir}] = await Promise.all([import('../session/controlClient'), import('../runs/eventLog'), import('../runs/runStore')]);
  const dir = runDir(run.store, run.run);
  const now = new EventLog(dir).read().flatMap((event) => (event.type === 'sing' ? [event.settings] : [])).at(-1) ?? run.launch.sing;
  const mode = otherMode(now, run.launch.sing);
  const reply = await askRecorder(dir, {type: 'set', sing: {mode}});
  const script = scriptName(run.launch.script);
  if (reply === null) throw new UserProblem(l10n.t('{0} does not answer: it has not begun to train, or has just ended.', script));
  if (!reply.ok) throw new UserProblem(l10n.t('{0} refused: {1}', script, engineText(reply.error ?? '–')));
  const step = countText(reply.step + 1);
  status.say(mode === 'off' ? l10n.t('SING off from step {0} on', step) : l10n.t('SING on from step {0} on', step));
}

function otherMode(now: SingSettings, atStart: SingSettings): SingMode {
  if (now.mode !== 'off') return 'off';
  return atStart.mode === 'off' ? 'on' : atStart.mode;
}
