import {trainingCalls, type TrainingCall} from '../protocol/events';
import {closeOf, isDot} from './callExpression';
import type {CodeToken} from './codeTokens';

/** A call of a training in a text; offsets of its name. */
export interface FoundCall {
  call: TrainingCall;
  start: number;
  end: number;
  /** `fit` and `minimize` are names that others have too: whether this one is surely a model's or an optimizer's. */
  isCertain: boolean;
}

/** What a text tells of training. */
export interface TrainingCode {
  /** It imports a package of TensorFlow.js. */
  importsTfjs: boolean;
  /** Relative modules that it imports. */
  relativeImports: string[];
  calls: FoundCall[];
}

const TFJS = /^@tensorflow\/tfjs(?:$|[-/])/;
const calls = new Set<string>(trainingCalls);
const modelName = /(?:model|net|network|gan|generator|discriminator|critic|actor|encoder|decoder|classifier|regressor|agent|policy|learner|brain|nn|mlp|cnn|rnn|lstm|gru|transformer|student|teacher)\d*$/i;
const modelMaker = /^(?:sequential|model|loadLayersModel|LayersModel|Sequential)$|model|network|generator|discriminator|classifier|coder/i;
const fitOptions = new Set(['epochs', 'batchSize', 'validationSplit', 'validationData', 'callbacks', 'initialEpoch', 'stepsPerEpoch', 'batchesPerEpoch', 'classWeight', 'yieldEvery']);
const tfNames = new Set(['tf', 'tfl', 'layers', 'LayersModel', 'Sequential', 'GraphModel']);

/** Finds imports of TensorFlow.js and calls of trainings. */
export function trainingCode(tokens: readonly CodeToken[]): TrainingCode {
  const modules = importedModules(tokens);
  const found: FoundCall[] = [];
  tokens.forEach(({kind, text, start, end}, at) => {
    if (kind !== 'word' || !calls.has(text) || !isDot(tokens[at - 1])) return;
    const open = openOf(tokens, at);
    if (open < 0) return;
    const call = text as TrainingCall;
    const certainty = certaintyOf(tokens, at, open, call);
    if (certainty !== 'no') found.push({call, start, end, isCertain: certainty === 'yes'});
  });
  return {
    importsTfjs: modules.some((name) => TFJS.test(name)),
    relativeImports: modules.filter((name) => /^\.\.?\//.test(name)),
    calls: found,
  };
}

function importedModules(tokens: readonly CodeToken[]): string[] {
  return tokens.flatMap(({kind, text}, at) => {
    if (kind !== 'string') return [];
    const before = tokens[at - 1];
    if (before?.kind === 'word') return before.text === 'from' || before.text === 'import' ? [text] : [];
    const caller = before?.text === '(' ? tokens[at - 2] : undefined;
    const isImport = caller?.kind === 'word' && (caller.text === 'require' || caller.text === 'import') && !isDot(tokens[at - 3]);
    return isImport ? [text] : [];
  });
}

/** Index of the bracket that opens the arguments of the method at `name`; -1 where it is no call. */
function openOf(tokens: readonly CodeToken[], name: number): number {
  const next = tokens[name + 1]?.text === '?.' ? name + 2 : name + 1;
  return tokens[next]?.kind === 'punctuator' && tokens[next]?.text === '(' ? next : -1;
}

type Certainty = 'yes' | 'maybe' | 'no';

function certaintyOf(tokens: readonly CodeToken[], name: number, open: number, call: TrainingCall): Certainty {
  if (call === 'fitDataset' || call === 'trainOnBatch' || call === 'applyGradients') return 'yes';
  const args = argumentsOf(tokens, open);
  if (args.length === 0) return isBeingTyped(tokens, open) ? 'maybe' : 'no';
  if (call === 'minimize') return 'yes';
  if (args.some((tokensOf) => isFitOptions(tokensOf))) return 'yes';
  const receiver = receiverOf(tokens, name - 1);
  const maker = receiver.length === 1 ? makerOf(tokens, receiver[0] ?? '') : null;
  if (maker === 'other') return 'no';
  if (maker === 'model') return 'yes';
  const isSpread = args.some(([first]) => first?.text === '...');
  if (args.length < 2 && !isSpread) return 'maybe';
  return receiver.some((word) => modelName.test(word)) ? 'yes' : 'maybe';
}

/** The bracket is not closed yet. */
function isBeingTyped(tokens: readonly CodeToken[], open: number): boolean {
  return closeOf(tokens, open) < 0;
}

function argumentsOf(tokens: readonly CodeToken[], open: number): CodeToken[][] {
  const close = closeOf(tokens, open);
  const all: CodeToken[][] = [];
  let current: CodeToken[] = [];
  let depth = 0;
  for (const token of tokens.slice(open + 1, close < 0 ? undefined : close)) {
    if (token.kind === 'punctuator') {
      if ('([{'.includes(token.text) || token.text === '${') depth++;
      if (')]}'.includes(token.text)) depth--;
      if (token.text === ',' && depth === 0) {
        all.push(current);
        current = [];
        continue;
      }
    }
    current.push(token);
  }
  if (current.length > 0) all.push(current);
  return all;
}

/** An object with an option of `fit` at its top level. */
function isFitOptions(argument: readonly CodeToken[]): boolean {
  if (argument[0]?.text !== '{') return false;
  let depth = 0;
  return argument.some(({kind, text}) => {
    if (kind === 'punctuator' && '([{'.includes(text)) depth++;
    if (kind === 'punctuator' && ')]}'.includes(text)) depth--;
    return depth === 1 && kind === 'word' && fitOptions.has(text);
  });
}

/** Words that name what a method is called on: one for `model.fit`, several for `(model as tf.Sequential).fit` or `makeModel().fit`. */
function receiverOf(tokens: readonly CodeToken[], dot: number): string[] {
  let at = dot - 1;
  while (tokens[at]?.text === '!') at--;
  const token = tokens[at];
  if (token?.kind === 'word') return [token.text];
  if (token?.text !== ')' && token?.text !== ']') return [];
  const words: string[] = [];
  let depth = 0;
  for (; at >= 0; at--) {
    const {kind, text} = tokens[at] as CodeToken;
    if (kind === 'punctuator' && (text === ')' || text === ']')) depth++;
    if (kind === 'punctuator' && (text === '(' || text === '[') && --depth === 0) break;
    if (kind === 'word') words.push(text);
  }
  const callee = tokens[at - 1];
  if (callee?.kind === 'word') words.push(callee.text);
  return words;
}

/** What a variable of this name is given in the text: a model, something else, or unknown. */
function makerOf(tokens: readonly CodeToken[], variable: string): 'model' | 'other' | null {
  let answer: 'other' | null = null;
  for (let at = 0; at + 2 < tokens.length; at++) {
    if (tokens[at]?.text !== variable || tokens[at]?.kind !== 'word' || tokens[at + 1]?.text !== '=') continue;
    let from = at + 2;
    if (tokens[from]?.text === 'await') from++;
    const isNew = tokens[from]?.text === 'new';
    if (isNew) from++;
    const chain = [tokens[from]];
    while (isDot(tokens[from + 1])) chain.push(tokens[(from += 2)]);
    const words = chain.flatMap((token) => (token?.kind === 'word' ? [token.text] : []));
    const isCall = tokens[from + 1]?.text === '(';
    if (isCall && modelMaker.test(words.at(-1) ?? '') && (!isNew || tfNames.has(words[0] ?? '') || modelName.test(words.at(-1) ?? ''))) return 'model';
    if (isNew && !tfNames.has(words[0] ?? '')) answer = 'other';
  }
  return answer;
}
