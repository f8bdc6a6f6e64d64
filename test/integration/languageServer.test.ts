import {rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, afterEach, beforeAll, describe, expect, test} from 'vitest';
import {Project} from './commandLineRun';
import {EditorSession, line, linkPackages, uri, writeScript} from './languageServerSession';

// Real trainings in pure JavaScript, recorded by the command line; a real server over stdio.

/** A regression whose second layer is started far out of range: its gradients are no numbers at once. */
const broken = [
  'const tf = require(\'@tensorflow/tfjs\');',
  '',
  'const model = tf.sequential();',
  'model.add(tf.layers.dense({units: 4, inputShape: [3], activation: \'tanh\'}));',
  'model.add(tf.layers.dense({',
  '  units: 1,',
  '  kernelInitializer: tf.initializers.constant({value: 1e30}),',
  '}));',
  'model.compile({optimizer: tf.train.sgd(0.01), loss: \'meanSquaredError\'});',
  'const xs = tf.randomNormal([40, 3]);',
  'const ys = xs.sum(1, true);',
  'model.fit(xs, ys, {epochs: 4, batchSize: 4, verbose: 0});',
];
const SITE = 4;
const FIT = 11;
const mended = broken.filter((text) => !text.includes('1e30'));

let project: Project;
let path = '';
const sessions: EditorSession[] = [];

async function session(options?: unknown, folders = [project.dir]): Promise<EditorSession> {
  const started = await EditorSession.start(folders, options);
  sessions.push(started);
  return started;
}

beforeAll(async () => {
  project = new Project();
  linkPackages(project.dir);
  path = writeScript(join(project.dir, '訓練 script.js'), broken);
  expect((await project.run('run', path, '--seed', '1')).code).toBe(0);
});
afterEach(async () => { await Promise.all(sessions.splice(0).map((one) => one.stop())); });
afterAll(() => { project.remove(); });

describe('a finding', () => {
  test('stands at the line that made the layer, once, with what to try', async () => {
    const editor = await session();
    const document = await editor.open(path);
    const [diagnostic, ...others] = await editor.until('a diagnostic', () => editor.of(document).length > 0 && editor.of(document));
    expect(others).toEqual([]);
    expect(diagnostic).toMatchObject({source: 'SINGscope', code: 'non-finite', severity: 1});
    expect(diagnostic?.range).toEqual({start: {line: SITE, character: 10}, end: {line: SITE, character: (broken[SITE] ?? '').length}});
    expect(diagnostic?.message).toContain('dense_Dense2');
    await editor.until('its state', () => editor.state(document) === 'findings');

    const hover = await editor.hoverText(document, SITE);
    expect(hover).toContain('What to try');
    expect(hover).toContain('✕');
    expect(hover).not.toContain('command:');
    expect(hover).not.toContain('data:image');
    // The editor shows the diagnostic above the hover: it is not said again.
    const plain = (text: string): string => text.replaceAll('\\', '');
    expect(plain(hover)).not.toContain(diagnostic?.message);
    expect(hover).not.toContain('Not a finite number');
    await editor.configure({inline: {diagnostics: false, hover: true, inlayHints: true, codeLens: true}});
    const alone = plain(await editor.hoverText(document, SITE));
    expect(alone).toContain(diagnostic?.message);
    expect(alone).toContain('Not a finite number');
    const [hint] = await editor.hints(document);
    expect(hint?.position).toEqual({line: SITE, character: (broken[SITE] ?? '').length});
    expect(String(hint?.label)).toMatch(/from step 1$/);
  });

  test('follows the text that is edited above and below, goes stale with its own line and comes back with it', async () => {
    const editor = await session();
    const document = await editor.open(path);
    await editor.until('a diagnostic', () => editor.of(document).length > 0);
    await editor.edit(document, {range: line(0), text: '// a\n// b\n'}, {range: line(FIT + 2), text: '// below\n'});
    await editor.until('the move', () => editor.of(document)[0]?.range.start.line === SITE + 2);

    const at = SITE + 2 + 2;
    const value = {start: {line: at, character: (broken[SITE + 2] ?? '').indexOf('1e30')}, end: {line: at, character: (broken[SITE + 2] ?? '').indexOf('1e30') + 4}};
    await editor.edit(document, {range: value, text: '0.01'});
    const stale = await editor.until('staleness', () => editor.of(document).find(({tags}) => tags?.includes(1)));
    expect(stale.severity).toBe(3);
    expect(stale.range.start.line).toBe(SITE + 2);
    await editor.until('its state', () => editor.state(document) === 'changed');
    expect(await editor.hints(document)).toEqual([]);

    await editor.edit(document, {range: value, text: '1e30'});
    await editor.until('freshness', () => editor.of(document)[0]?.severity === 1);

    await editor.edit(document, {range: line(SITE + 2, SITE + 6), text: ''});
    await editor.until('its end', () => editor.of(document).length === 0);
    await editor.until('what became of it', () => editor.states.get(document)?.text.includes('deleted'));
    expect(editor.state(document)).toBe('changed');
  });

  test('shows in a file that no editor has open, and in the one that is opened under the same name', async () => {
    const editor = await session();
    await editor.until('a diagnostic', () => editor.of(uri(path)).length === 1);
    // VS Code itself encodes more of a name than others do.
    const document = await editor.open(path, undefined, uri(path).replace('%20', ' '));
    await editor.until('the open one', () => editor.of(document).length === 1);
    if (document !== uri(path)) await editor.until('the closed one to clear', () => editor.of(uri(path)).length === 0);
    await editor.close(document);
    await editor.until('the closed one again', () => editor.of(uri(path)).length === 1);
  });

  test('has actions: panel, comparison, text', async () => {
    const editor = await session({trusted: true});
    const document = await editor.open(path);
    const diagnostics = await editor.until('a diagnostic', () => editor.of(document).length > 0 && editor.of(document));
    const actions = await editor.actions(document, diagnostics);
    expect(actions.map(({command}) => command?.command)).toEqual(['singscope.openPanel', 'singscope.compare', 'singscope.copyFinding']);
    const run = project.readers().at(-1);
    expect(actions[0]?.command?.arguments).toEqual([{store: run?.store, run: run?.id, step: 1, parameter: 'dense_Dense2/kernel'}]);
    expect(actions[2]?.command?.arguments).toEqual([{store: run?.store, run: run?.id, finding: 'non-finite-1'}]);
  });

  test('is told with pictures and links to a client that shows them', async () => {
    const editor = await session({rich: true});
    const document = await editor.open(path);
    await editor.until('a diagnostic', () => editor.of(document).length > 0);
    const hover = await editor.hoverText(document, SITE);
    expect(hover).toContain('command:singscope.openPanel?');
    const calm = await editor.hoverText(document, 3);
    expect(calm).toContain('dense\\_Dense1');
  });
});

test('lenses run, and show a run that goes on; other fits have none', async () => {
  const editor = await session();
  const document = await editor.open(path);
  await editor.until('a state', () => editor.state(document));
  const lenses = await editor.lenses(document);
  expect(lenses.map(({command, range}) => [range.start.line, command?.title])).toEqual([0, FIT].flatMap((at) => ['Run', 'Run with SING', 'Compare SING off/on'].map((title) => [at, title])));
  expect(lenses[0]?.command?.arguments).toEqual([{uri: document}]);

  const other = await editor.open(writeScript(join(project.dir, 'scaler.js'), ['const {Scaler} = require(\'scaler\');', 'new Scaler().fit(a, b, {epochs: 3});']));
  await editor.until('a state', () => editor.state(other));
  expect(await editor.lenses(other)).toEqual([]);
  expect(editor.state(other)).toBe('no-training');
  await editor.edit(other, {range: line(0, 2), text: 'import * as tf from "@tensorflow/tfjs-node";\nconst m = tf.sequential();\nm.fit(a, b, {epochs: 3});\n'});
  expect((await editor.lenses(other)).map(({range}) => range.start.line)).toEqual([0, 0, 0, 2, 2, 2]);
  await editor.until('the state', () => editor.state(other) === 'not-trained');

  writeScript(join(project.dir, 'net.ts'), ['import * as tf from \'@tensorflow/tfjs\';', 'export const model = tf.sequential();']);
  const parted = await editor.open(writeScript(join(project.dir, 'parted.ts'), ['import {model} from \'./net.js\';', 'await model.fit(a, b);']));
  expect((await editor.lenses(parted)).map(({range}) => range.start.line)).toEqual([0, 0, 0, 1, 1, 1]);
});

test('an untrusted workspace is offered nothing to run', async () => {
  const editor = await session({trusted: false});
  const document = await editor.open(path);
  const diagnostics = await editor.until('a diagnostic', () => editor.of(document).length > 0 && editor.of(document));
  expect(await editor.lenses(document)).toEqual([]);
  expect((await editor.actions(document, diagnostics)).map(({command}) => command?.command)).toEqual(['singscope.openPanel', 'singscope.copyFinding']);
  await editor.configure({trusted: true});
  expect(await editor.lenses(document)).not.toEqual([]);
});

test('each kind is switched off and on', async () => {
  const editor = await session();
  const document = await editor.open(path);
  await editor.until('a diagnostic', () => editor.of(document).length > 0);
  await editor.configure({inline: {diagnostics: false, hover: false, inlayHints: false, codeLens: false}});
  await editor.until('no diagnostic', () => editor.of(document).length === 0);
  expect(await editor.hover(document, SITE)).toBeNull();
  expect(await editor.hints(document)).toEqual([]);
  expect(await editor.lenses(document)).toEqual([]);
  await editor.configure({inline: {diagnostics: true, hover: true, inlayHints: true, codeLens: true}});
  await editor.until('the diagnostic', () => editor.of(document).length === 1);
  expect(await editor.hover(document, SITE)).not.toBeNull();
  expect(await editor.hints(document)).toHaveLength(1);
  expect(await editor.lenses(document)).not.toEqual([]);
});

test('layersAt and lineOf lead both ways', async () => {
  const editor = await session();
  const document = await editor.open(path);
  await editor.until('a diagnostic', () => editor.of(document).length > 0);
  const run = project.readers().at(-1);
  const layers = {store: run?.store, run: run?.id, parameters: ['dense_Dense2/kernel', 'dense_Dense2/bias']};
  expect(await editor.connection.sendRequest('singscope/layersAt', {uri: document, line: SITE})).toEqual(layers);
  expect(await editor.connection.sendRequest('singscope/layersAt', {uri: document, line: SITE + 1})).toEqual(layers);
  expect(await editor.connection.sendRequest('singscope/layersAt', {uri: document, line: FIT})).toBeNull();
  const lineOf = (parameter: string): Promise<unknown> => editor.connection.sendRequest('singscope/lineOf', {store: run?.store, run: run?.id, parameter});
  expect(await lineOf('dense_Dense2/bias')).toEqual({uri: document, line: SITE, column: 10, stale: false});
  await editor.edit(document, {range: line(0), text: '\n'});
  expect(await lineOf('dense_Dense1/kernel')).toEqual({uri: document, line: 4, column: 10, stale: false});
  expect(await lineOf('nothing')).toBeNull();
  expect(await editor.connection.sendRequest('singscope/lineOf', {wrong: 1})).toBeNull();
});

describe('live', () => {
  test('a finding shows as it is made, the lenses follow, and a clean run takes it back', async () => {
    const live = new Project();
    linkPackages(live.dir);
    const loop = (rate: string): string[] => [
      'const tf = require(\'@tensorflow/tfjs\');',
      'const w = tf.variable(tf.ones([8]));',
      'const optimizer = tf.train.sgd(0.05);',
      'const wait = () => new Promise((done) => setTimeout(done, 25));',
      'async function main() {',
      // A busy machine may show what is found long after it was found: the run goes on until it is enough.
      '  for (let step = 1; step <= 120 || (step <= 10_000 && !require(\'node:fs\').existsSync(\'enough\')); step++) {',
      `    optimizer.minimize(() => w.square().mean()${rate});`,
      '    await wait();',
      '  }',
      '}',
      'main();',
    ];
    const script = writeScript(join(live.dir, 'loop.js'), loop('.div(step === 40 ? 0 : 1)'), '\r\n');
    const editor = await EditorSession.start([live.dir]);
    sessions.push(editor);
    const document = await editor.open(script);
    const first = live.start(['run', script]);
    await editor.until('a live lens', () => editor.refreshes.lenses > 0 && editor.state(document) === 'running');
    const [diagnostic] = await editor.until('a diagnostic', () => editor.of(document).length > 0 && editor.of(document));
    const running = live.readers().at(-1);
    expect(running?.status()).toBe('running');
    const madeAt = running?.steps.column('time')[(running.findings[0]?.step ?? NaN) - 1] ?? NaN;
    const shownAt = editor.published.find(({diagnostics}) => diagnostics.length > 0)?.time ?? NaN;
    console.log(`finding's step to its diagnostic over stdio: ${Math.round(shownAt - madeAt)} ms`);
    expect(shownAt).toBeGreaterThan(madeAt);
    // The whole run is at fault: the training call tells.
    expect([1, 6]).toContain(diagnostic?.range.start.line);
    const lenses = await editor.lenses(document);
    expect(lenses.map(({command}) => command?.command)).toEqual(['singscope.openPanel', 'singscope.stop', 'singscope.openPanel', 'singscope.stop']);
    expect(lenses[0]?.command?.title).toMatch(/^step \d+ · loss (?:NaN|∞) — Open panel$/);
    writeFileSync(join(live.dir, 'enough'), '');
    await first.ended;
    await expect.poll(async () => (await editor.lenses(document))[0]?.command?.title).toBe('Run');

    writeScript(script, loop(''), '\r\n');
    await editor.edit(document, {text: loop('').join('\r\n') + '\r\n'});
    const before = editor.published.length;
    const second = live.start(['run', script]);
    await editor.until('a clean file', () => editor.of(document).length === 0);
    await second.ended;
    await editor.until('its state', () => editor.state(document) === 'clean');
    // It went once, and nothing came back.
    expect(editor.published.slice(before).filter(({diagnostics}) => diagnostics.length > 0).every(({diagnostics}) => diagnostics[0]?.severity === 3)).toBe(true);
    live.remove();
  });
});

test('bad input: a vanished run, a damaged record, documents that are no files', async () => {
  const editor = await session();
  const untitled = await editor.open(path, broken.join('\n'), 'untitled:Untitled-1');
  const odd = await editor.open(path, broken.join('\n'), 'git:/a%20b/%E3%81%82.js?{"x":1}');
  const document = await editor.open(path);
  await editor.until('a diagnostic', () => editor.of(document).length > 0);
  expect(await editor.lenses(untitled)).toEqual([]);
  expect(await editor.hover(odd, SITE)).toBeNull();
  const reader = project.readers().at(-1);
  if (reader === undefined) throw new Error('no run');
  rmSync(reader.dir, {recursive: true});
  await editor.until('nothing shown', () => editor.of(document).length === 0 && editor.state(document) === 'not-trained');
  writeFileSync(path, mended.join('\n'));
  expect(editor.exitCode).toBeNull();
  expect(editor.stderr).toBe('');
});
