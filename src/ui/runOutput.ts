import {join} from 'node:path';
import {l10n, window, type Disposable, type OutputChannel} from 'vscode';
import type {RunArgument} from '../contributions';
import {runFiles} from '../protocol/runFolder';
import type {LogTail} from '../session/logTail';
import type {LiveRuns} from './liveRuns';
import {plainText} from './scriptError';
import {scriptName} from './texts';

/** What a script printed, in the one output channel: of the run that was started or asked for last, as it goes on. */
export class RunOutput implements Disposable {
  private channel: OutputChannel | null = null;
  private shown = '';
  private tails: LogTail[] = [];
  private readonly subscription: Disposable;

  constructor(private readonly live: LiveRuns) {
    this.subscription = live.onDidEnd(({store, run}) => {
      if (this.shown === `${store}/${run}`) void this.stopTails();
    });
  }

  /** @param reveal also brings the channel to the front */
  async show({store, run}: RunArgument, reveal: boolean): Promise<void> {
    const [{LogTail: Tail}, {runDir}, {readLaunch}] = await Promise.all([import('../session/logTail'), import('../runs/runStore'), import('../runs/launchFile')]);
    const dir = runDir(store, run);
    const {script, args} = readLaunch(dir);
    const key = `${store}/${run}`;
    const channel = this.channel ??= window.createOutputChannel('SINGscope');
    if (this.shown !== key) {
      this.shown = key;
      await this.stopTails();
      channel.clear();
      channel.appendLine(`${l10n.t('Output of {0}', [scriptName(script), ...args].join(' '))} · ${run}`);
      const decoders = {stdout: new TextDecoder(), stderr: new TextDecoder()};
      this.tails = (['stdout', 'stderr'] as const).map((name) => new Tail(join(dir, runFiles[name]), (chunk) => {
        if (this.shown === key) channel.append(plainText(decoders[name].decode(chunk, {stream: true})));
      }));
      if (this.live.find({store, run}) === null) await this.stopTails();
    }
    if (reveal) channel.show(true);
  }

  dispose(): void {
    this.shown = '';
    this.subscription.dispose();
    void this.stopTails();
    this.channel?.dispose();
  }

  private async stopTails(): Promise<void> {
    const tails = this.tails;
    this.tails = [];
    await Promise.all(tails.map((tail) => tail.stop()));
  }
}
