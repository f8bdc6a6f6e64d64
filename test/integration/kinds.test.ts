import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {RunSummary} from '../../src/protocol/runSummary';
import {packageRoot} from '../support/managedRuntime';
import {singscopeJson} from '../support/singscope';

const source = join(packageRoot, 'test/fixtures/forms/kinds.js');
const lines = readFileSync(source, 'utf8').split('\n');
const loadedAt = lines.findIndex((line) => line.endsWith('// loaded')) + 1;
const siteOf = (layer: string): number => lines.findIndex((line) => line.endsWith(`// site: ${layer}`)) + 1;

let folder = '';
let summary: RunSummary;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'singscope-kinds-'));
  summary = await singscopeJson<RunSummary>(['run', source, '--sing', 'on', '--json', '--store', join(folder, 'store')]);
});
afterAll(() => { rmSync(folder, {recursive: true, force: true}); });

test('the run ended well', () => {
  expect(summary.status).toBe('finished');
  expect(summary.steps).toBe(4);
});

test.each([
  ['words/embeddings', 'embedding'],
  ['shared/kernel', 'dense'],
  ['gru/recurrent_kernel', 'dense'],
  ['lstm/kernel', 'dense'],
  ['ways/forward_both/recurrent_kernel', 'dense'],
  ['ways/backward_both/kernel', 'dense'],
  ['even/gamma', 'vector'],
  ['each/kernel', 'dense'],
  ['gain/gain', 'vector'],
  ['line/kernel', 'conv1d'],
  ['norm/gamma', 'vector'],
  ['separable/depthwise_kernel', 'depthwise'],
  ['separable/pointwise_kernel', 'conv2d'],
  ['depth/depthwise_kernel', 'depthwise'],
  ['back/kernel', 'conv2d_transpose'],
  ['back/bias', 'vector'],
  ['table/embeddings', 'embedding'],
  ['slope', 'vector'],
  ['turn', 'dense'],
])('%s is %s', (name, kind) => {
  expect(summary.parameters.find((parameter) => parameter.name === name)?.kind).toBe(kind);
});

test('each parameter is found where its layer was made, or loaded', () => {
  const places = summary.parameters.map(({layer, site}) => [layer, site?.file, site?.line]);
  expect(places.length).toBeGreaterThan(25);
  const made = summary.parameters.filter(({site}) => site?.line !== loadedAt);
  for (const {layer, site} of made) expect([layer, site?.file, site?.line]).toEqual([layer, source, siteOf(layer.replace(/^ways\/(forward|backward)_/, ''))]);
  // The restored model has the names of the first, which was disposed of, and a place of its own.
  const loaded = summary.parameters.filter(({site}) => site?.line === loadedAt).map(({layer}) => layer);
  expect(new Set(loaded)).toEqual(new Set(['separable', 'depth', 'back', 'head']));
});
