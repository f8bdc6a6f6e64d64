import * as l10n from '@vscode/l10n';
import type {PanelRun, PanelTrial} from '../../src/protocol/panel';
import {measure} from './words';

type Notice = PanelRun['notices'][number];

/** Of so many pairs or more the signed-rank test can find a winner. */
const FEWEST_SEEDS = 6;
const SEEDS_SETTING = 'singscope.compare.seeds';

/** What the engine words for a terminal: each notice by its code, with the parts of its text that differ from run to run. */
const notices: Record<string, readonly {text: RegExp; words: (...parts: string[]) => string}[]> = {
  'pure-javascript': [{text: /^/, words: () => l10n.t('This script trains on plain @tensorflow/tfjs: pure JavaScript, many times slower than TensorFlow. Check Setup offers a TensorFlow runtime.')}],
  'fallback-runtime': [
    {text: /^(\S+) can't load \((.*)\): running on pure JavaScript/s, words: (wanted, reason) => l10n.t('{0} can\'t be loaded ({1}): this run uses pure JavaScript, which is much slower. Check Setup says what mends it.', wanted, reason)},
    {text: /^(\S+) can't load \((.*)\): running on the managed runtime, (.*)\.$/s, words: (wanted, reason, what) => l10n.t('{0} can\'t be loaded ({1}): this run uses SINGscope\'s TensorFlow runtime ({2}).', wanted, reason, what)},
    {text: /^(\S+) can't load \((.*)\): running on (\S+) instead\.$/s, words: (wanted, reason, other) => l10n.t('{0} can\'t be loaded ({1}): this run uses {2}.', wanted, reason, other)},
  ],
  'managed-runtime-broken': [{text: /can't load \((.*)\)/s, words: (reason) => l10n.t('SINGscope\'s TensorFlow runtime can\'t be loaded ({0}). Check Setup mends it.', reason)}],
  'no-runtime': [{text: /can't load here \((.*?)\)/s, words: (reason) => l10n.t('No TensorFlow.js could be loaded ({0}). Check Setup says what mends it.', reason)}],
  'fallback-kernels': [{text: /\((.*)\);/s, words: (reason) => l10n.t('SINGscope\'s own operations can\'t be used ({0}): gradients are copied instead, which costs more.', reason)}],
  'two-tfjs': [{text: /^/, words: () => l10n.t('Two copies of tfjs-core are loaded: tensors of one may not work in the other. `npm ls @tensorflow/tfjs-core` shows who brings them; `npm dedupe` often mends it.')}],
  'bundle-not-searched': [{text: /found \((.*)\):/s, words: (reason) => l10n.t('TensorFlow.js is bundled into this script and its classes can\'t be found ({0}): steps may be missing. Run the script unbundled.', reason)}],
  'no-steps': [
    {text: /by hand/, words: () => l10n.t('This script applies its gradients by hand: without a tf.Optimizer there are no steps to see.')},
    {text: /^/, words: () => l10n.t('No optimizer step was seen: the script trained without a tf.Optimizer, or not at all.')},
  ],
  'children-trained': [{text: /\((.*)\)$/, words: (runs) => l10n.t('This process made no optimizer step itself: the runs that it started did ({0}).', runs)}],
  'not-centralized': [{text: /^(.*?)(?: has one element per mean)?: centralizing/s, words: (name) => l10n.t('{0} has one element per mean: centralizing it would make its gradient zero, so SING only normalizes it.', name)}],
  'centralized-to-zero': [{text: /^(.*?)(?: has one element per mean)?: centralizing/s, words: (name) => l10n.t('{0} has one element per mean: centralizing makes its gradient zero, so it does not train. Start the run without centralizing always.', name)}],
  'adagrad-flat': [{text: /^/, words: () => l10n.t('SING in front of Adagrad is close to plain SGD: its accumulator starts at 0.1, which a normalized gradient hardly moves. Use Adam or momentum with SING.')}],
  'full-needs-adam': [{text: /trains with (\w+)|^/, words: (optimizer = '–') => l10n.t('Full SING takes the place of an Adam-family optimizer, and this script trains with another ({0}): SING goes in front of that one instead.', optimizer)}],
  'kernels-failed': [{text: /step of (.*?) \((.*)\):/s, words: (name, reason) => l10n.t('A fused step of {0} failed ({1}): the optimizer makes such a step itself.', name, reason)}],
  'optimizer-replaced': [{text: /^(.*?) is a class/s, words: (name) => l10n.t('{0} is a class of this script: full SING takes its rate and betas, and leaves out whatever else its update does.', name)}],
  'unequal-kernels': [{text: /^/, words: () => l10n.t('The arms make their updates by different kernels: their times a step can\'t be compared, and results may differ by rounding.')}],
  'full-needs-module': [{text: /^/, words: () => l10n.t('Full SING needs a TensorFlow.js that is loaded as a module, and this one is bundled into the script.')}],
  'sing-failed': [{text: /step \((.*)\):|^(.*)$/s, words: (...reasons) => l10n.t('SING could not change the gradients of a step ({0}): such a step is applied as the script made it.', reasons.find(Boolean) ?? '')}],
  'observation-failed': [{text: /observed \((.*)\);/s, words: (reason) => l10n.t('A step could not be recorded ({0}); the training itself is untouched.', reason)}],
  'no-control': [{text: /goes on: (.*)$/s, words: (reason) => l10n.t('SING can\'t be switched in this run, and it has to be stopped by its process: {0}', reason)}],
  'rate-not-scaled': [{text: /reach (.*): it has/s, words: (name) => l10n.t('The learning rate of {0} can\'t be scaled: it has no learningRate that can be set.', name)}],
  'recording-stopped': [{text: /after step (\S+)\)/, words: (step) => l10n.t('The recording stopped before the training ended, after step {0}: a full disk, as a rule. The log may say why.', step)}],
  'damaged-record': [{text: /^/, words: () => l10n.t('The record of this run is damaged or cut off; what can be read is shown.')}],
};

/** A notice in the words of the editor; in those of the engine where it is not known here. */
export function noticeText({code, message}: Notice): string {
  for (const {text, words} of notices[code] ?? []) {
    const found = text.exec(message);
    if (found) return words(...found.slice(1));
  }
  return message;
}

/** What a trial has shown, as cautious as its verdict, from what was measured. @param runs all of the trial */
export function verdictText({verdict}: Pick<PanelTrial, 'verdict'>, runs: readonly PanelRun[]): string {
  if (verdict === null) return '';
  const tried = new Set(runs.flatMap(({arm}) => (arm === 'off' || arm === null ? [] : [arm])));
  // Of other arms, and of several, the engine knows more than can be told from here.
  if (tried.size > 1 || tried.has('clip')) return verdict.text;
  const pairs = pairsOf(runs);
  if (pairs.length > 0 && verdict.pairs === 0) return l10n.t('No loss was seen in any run: there is nothing to compare. Report one with {0}.', 'globalThis.singscope?.log({loss: value})');
  if (pairs.length === 0) return runs.some(({steps}) => steps > 0) ? l10n.t('No seed came to its end in both arms: there is nothing to compare.') : l10n.t('The script made no optimizer step in any run: there is nothing to compare.');
  return [outcomeText(verdict, pairs), sizeText(verdict.effect, pairs), rateText(runs, pairs.length)].filter((text) => text !== null).join(' ');
}

type Verdict = NonNullable<PanelTrial['verdict']>;
interface Pair {
  off: PanelRun;
  on: PanelRun;
}

/** Each seed once, where both arms are through. A run without a step says nothing of SING. */
function pairsOf(runs: readonly PanelRun[]): Pair[] {
  const counted = runs.filter(({steps, status}) => steps > 0 && status !== 'running');
  const seeds = new Set(counted.map(({seed}) => seed));
  return [...seeds].flatMap((seed) => {
    const of = counted.filter((run) => run.seed === seed);
    const [off, on] = [of.find(({arm}) => arm === 'off'), of.find(({arm}) => arm !== 'off')];
    return off && on ? [{off, on}] : [];
  });
}

function outcomeText(verdict: Verdict, pairs: readonly Pair[]): string {
  const {winner, pValue, effect, pairs: seeds} = verdict;
  const p = pValue === null ? '–' : String(Number(pValue.toPrecision(2)));
  if (winner === 'off') return l10n.t('Training ends worse with SING, over {0} seeds (p = {1}).', seeds, p);
  if (winner !== 'none') return l10n.t('Training ends better with SING, over {0} seeds (p = {1}).', seeds, p);
  // The median of a comparison in which runs diverged may be infinite, which no message carries.
  const gain = effect ?? diverged(pairs, 'off') - diverged(pairs, 'on');
  if (seeds === 1 && pairs.length > 1) return l10n.t('The seed has no effect: all {0} seeds trained alike, and one pair of runs proves no winner. Leave out the script\'s own seeds, or draw them from Math.random.', pairs.length);
  if (gain === 0) return l10n.t('No difference: in the median both arms end alike.');
  if (seeds >= FEWEST_SEEDS) return l10n.t('No winner: over {0} seeds the difference is within chance (p = {1}).', seeds, p);
  return gain > 0
    ? l10n.t('Training ended better with SING, but too few seeds prove nothing: {0} here, {1} are needed (setting {2}).', seeds, FEWEST_SEEDS, SEEDS_SETTING)
    : l10n.t('Training ended worse with SING, but too few seeds prove nothing: {0} here, {1} are needed (setting {2}).', seeds, FEWEST_SEEDS, SEEDS_SETTING);
}

function sizeText(effect: Verdict['effect'], pairs: readonly Pair[]): string | null {
  const [off, on] = [diverged(pairs, 'off'), diverged(pairs, 'on')];
  if (off + on > 0) return `${l10n.t('Diverged: {0} of {1} without SING, {2} of {3} with SING', off, pairs.length, on, pairs.length)}.`;
  if (effect === null || effect === 0) return null;
  return effect > 0 ? l10n.t('The final loss is lower by {0} with SING (median).', measure(effect)) : l10n.t('The final loss is higher by {0} with SING (median).', measure(-effect));
}

function diverged(pairs: readonly Pair[], arm: keyof Pair): number {
  return pairs.filter((pair) => pair[arm].diverged).length;
}

/** Several rates would mean several runs of a seed. */
function rateText(runs: readonly PanelRun[], seeds: number): string | null {
  return runs.filter(({arm}) => arm !== 'off').length > seeds ? null : l10n.t('Both arms ran at one learning rate: the best one with SING is often another.');
}
