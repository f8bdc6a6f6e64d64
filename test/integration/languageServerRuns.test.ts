import {appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {isDeepStrictEqual} from 'node:util';
import {build} from 'esbuild';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {findingText} from '../../src/runs/findingText';
import {stringifyJson} from '../../src/protocol/numbers';
import {Project} from './commandLineRun';
import {EditorSession, line, linkPackages, uri, writeScript} from './languageServerSession';

// How runs of many kinds come to the lines of files, over stdio.

let project: Project;
const sessions: EditorSession[] = [];

beforeEach(() => {
  project = new Project();
  linkPackages(project.dir);
});
afterEach(async () => {
  await Promise.all(sessions.splice(0).map((one) => one.stop()));
  project.remove();
});

async function session(folders = [project.dir]): Promise<EditorSession> {
  const started = await EditorSession.start(folders);
  sessions.push(started);
  return started;
}

const train = (...layers: string[]): string[] => [
  'const tf = require(\'@tensorflow/tfjs\');',
  'const model = tf.sequential();',
  ...layers,
  'model.compile({optimizer: tf.train.sgd(0.01), loss: \'meanSquaredError\'});',
  'const xs = tf.ones([12, 2]);',
  'model.fit(xs, tf.ones([12, 1]), {epochs: 2, batchSize: 4, verbose: 0});',
];
const outsized = 'tf.initializers.constant({value: 1e30})';

test('two hundred layers made at one line are one diagnostic with the list', async () => {
  const path = writeScript(join(project.dir, 'deep.js'), train(
    'model.add(tf.layers.dense({units: 2, inputShape: [2]}));',
    'for (let i = 0; i < 200; i++) {',
    `  model.add(tf.layers.dense({units: 2, kernelInitializer: i > 100 ? ${outsized} : 'glorotNormal'}));`,
    '}',
    'model.add(tf.layers.dense({units: 1}));',
  ));
  expect((await project.run('run', path, '--max-steps', '2', '--seed', '1')).code).toBe(0);
  const editor = await session();
  const document = await editor.open(path);
  const [diagnostic, ...others] = await editor.until('a diagnostic', () => editor.of(document).length > 0 && editor.of(document));
  expect(others).toEqual([]);
  const reader = project.readers()[0];
  const [finding] = reader?.findings ?? [];
  if (reader === undefined || finding === undefined) throw new Error('nothing was found');

  // Whatever the detector says of each of them, the line says it once.
  const made = reader.parameters.filter(({site, name}) => site?.line === 5 && name.endsWith('/kernel'));
  expect(made).toHaveLength(200);
  made.forEach(({name, layer, site}, at) => {
    appendFileSync(join(reader.dir, 'events.jsonl'), `${stringifyJson({type: 'finding', finding: {...finding, id: `exploding-${at + 1}`, rule: 'exploding', layer, parameter: name, site}})}\n`);
  });
  const again = await session();
  await again.open(path);
  const all = await again.until('all', () => again.of(document).some(({code}) => code === 'exploding') && again.of(document));
  const grouped = all.filter(({code}) => code === 'exploding');
  expect(grouped).toHaveLength(1);
  expect(grouped[0]?.range.start.line).toBe(4);
  expect(grouped[0]?.message).toContain('200 layers');
  expect(grouped[0]?.message).toContain('197 more');
  expect(grouped[0]?.relatedInformation).toHaveLength(6);
  expect(grouped[0]?.relatedInformation?.at(-1)?.message).toBe('and 194 more');
  expect(diagnostic?.range.start.line).toBeGreaterThan(0);
  expect((await again.hoverText(document, 4)).length).toBeLessThan(20_000);
});

test('what concerns the whole run stands at the training call that went on', async () => {
  const path = writeScript(join(project.dir, 'two fits.js'), [
    'const tf = require(\'@tensorflow/tfjs\');',
    'const w = tf.variable(tf.ones([3]));',
    'const optimizer = tf.train.sgd(0.01);',
    'for (let i = 0; i < 30; i++) optimizer.minimize(() => w.square().sum());',
    'const second = tf.train.sgd(0.01);',
    'for (let i = 0; i < 10; i++) {',
    '  second.minimize(() => w.square().sum().div(0));',
    '}',
  ]);
  expect((await project.run('run', path)).code).toBe(0);
  const [finding] = project.readers()[0]?.findings ?? [];
  expect(finding).toMatchObject({rule: 'non-finite', layer: null});
  const editor = await session();
  const document = await editor.open(path);
  const [diagnostic] = await editor.until('a diagnostic', () => editor.of(document).length > 0 && editor.of(document));
  expect(diagnostic?.range.start.line).toBe(6);
  expect(await editor.hoverText(document, 6)).toContain('What to try');
  const reader = project.readers()[0];
  const text = reader === undefined || finding === undefined ? '' : findingText(reader, finding);
  expect(text).toContain(`training called at: ${reader?.launch.script ?? ''}:7:10`);
  expect(text).toContain('>     7 |   second.minimize(() => w.square().sum().div(0));');
  expect(text).toMatch(/^ +31 +∞ /m);
  expect(text).toContain(`npx singscope run '${path}'`);
});

test('a file that was never run, one whose run never trained, one that was run from elsewhere', async () => {
  const fresh = writeScript(join(project.dir, 'fresh.js'), train('model.add(tf.layers.dense({units: 1, inputShape: [2]}));'));
  const broken = writeScript(join(project.dir, 'broken.js'), ['const tf = require(\'@tensorflow/tfjs\');', 'throw new Error(\'no data\');']);
  const layers = writeScript(join(project.dir, 'parts', 'layers.js'), ['const tf = require(\'@tensorflow/tfjs\');', `module.exports = () => tf.layers.dense({units: 1, inputShape: [2], kernelInitializer: ${outsized}});`]);
  const main = writeScript(join(project.dir, 'main.js'), train('model.add(require(\'./parts/layers\')());'));
  await project.run('run', broken);
  await project.run('run', main);
  const editor = await session();
  const [a, b, c, d] = [await editor.open(fresh), await editor.open(broken), await editor.open(layers), await editor.open(main)];
  await editor.until('the finding', () => editor.of(c).length === 1);
  expect(editor.of(c)[0]?.range.start).toEqual({line: 1, character: 23});
  const states = (): (string | undefined)[] => [a, b, c, d].map((one) => editor.state(one));
  await editor.until('the states', () => isDeepStrictEqual(states(), ['not-trained', 'not-trained', 'findings', 'clean']));
  await editor.until('why', () => editor.states.get(b)?.text.includes('before its first step') && editor.states.get(a)?.text.includes('another file'));
});

test('built code without a source map: no line, and it says why', async () => {
  const source = writeScript(join(project.dir, 'src', 'train.ts'), [
    'import * as tf from \'@tensorflow/tfjs\';', 'const model = tf.sequential();',
    `model.add(tf.layers.dense({units: 1, inputShape: [2], kernelInitializer: ${outsized}}));`,
    'model.compile({optimizer: tf.train.sgd(0.01), loss: \'meanSquaredError\'});',
    'model.fit(tf.ones([12, 2]), tf.ones([12, 1]), {epochs: 2, verbose: 0});',
  ]);
  const outfile = join(project.dir, 'dist', 'train.js');
  await build({entryPoints: [source], outfile, bundle: true, minify: true, platform: 'node', absWorkingDir: process.cwd(), nodePaths: [join(process.cwd(), 'node_modules')], logLevel: 'error'});
  await project.run('run', outfile);
  const editor = await session();
  const document = await editor.open(source);
  await editor.until('the state', () => editor.state(document) === 'no-call-site');
  expect(editor.states.get(document)?.text).toContain('source maps');
  expect(editor.of(document)).toEqual([]);
});

test('a run without copies of its files is believed while the file is older than it', async () => {
  const path = writeScript(join(project.dir, 'old.js'), train(`model.add(tf.layers.dense({units: 1, inputShape: [2], kernelInitializer: ${outsized}}));`));
  utimesSync(path, new Date(Date.now() - 60_000), new Date(Date.now() - 60_000));
  await project.run('run', path);
  const reader = project.readers()[0];
  if (reader === undefined) throw new Error('no run');
  const events = join(reader.dir, 'events.jsonl');
  rmSync(join(reader.dir, 'sources'), {recursive: true});
  const kept = readFileSync(events, 'utf8').split('\n').filter((text) => !text.startsWith('{"type":"source"'));
  writeFileSync(events, [...kept.slice(0, 3), '{"type":"finding","find', '\u0000\u0001', ...kept.slice(3)].join('\n'));
  const editor = await session();
  const document = await editor.open(path);
  await editor.until('a diagnostic', () => editor.of(document).length === 1);
  await editor.edit(document, {range: line(0), text: '\n'});
  await editor.until('the move', () => editor.of(document)[0]?.range.start.line === 3);

  utimesSync(path, new Date(), new Date());
  const later = await session();
  await later.open(path);
  await later.until('the state', () => later.state(document) === 'changed');
  expect(later.of(document)).toEqual([]);
});

test('a trial speaks by its off arm; two folders of a workspace have their own runs', async () => {
  const second = new Project();
  linkPackages(second.dir);
  const layer = `model.add(tf.layers.dense({units: 1, inputShape: [2], kernelInitializer: ${outsized}}));`;
  const [a, b] = [writeScript(join(project.dir, 'a.js'), train(layer)), writeScript(join(second.dir, 'b.js'), train(layer))];
  expect((await project.run('ab', a, '--seeds', '1')).code).toBe(0);
  expect((await second.run('run', b)).code).toBe(0);
  const editor = await session([project.dir, second.dir]);
  const [first, other] = [await editor.open(a), await editor.open(b)];
  await editor.until('both', () => editor.of(first).length === 1 && editor.of(other).length === 1);
  const speaker = project.readers().find(({id}) => id === editor.states.get(first)?.run);
  expect(speaker?.launch.arm).toBe('off');
  expect(editor.states.get(other)?.store).toBe(second.store);
  second.remove();
});

test('a file that is gone keeps nothing; one that comes back has its finding again', async () => {
  const path = writeScript(join(project.dir, 'moved.js'), train(`model.add(tf.layers.dense({units: 1, inputShape: [2], kernelInitializer: ${outsized}}));`));
  await project.run('run', path);
  mkdirSync(join(project.dir, 'elsewhere'));
  renameSync(path, join(project.dir, 'elsewhere', 'moved.js'));
  const editor = await session();
  const other = await editor.open(writeScript(join(project.dir, 'other.js'), ['1;']));
  await editor.until('the state', () => editor.state(other) === 'no-training');
  expect(editor.of(uri(path))).toEqual([]);
  renameSync(join(project.dir, 'elsewhere', 'moved.js'), path);
  expect(existsSync(path) && statSync(path).isFile()).toBe(true);
  await editor.close(other);
  await editor.until('the finding', () => editor.of(uri(path)).length === 1);
});
