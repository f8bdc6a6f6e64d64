import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {openRun, type RunReader} from '../../src/runs/runReader';
import {listRunIds} from '../../src/runs/runStore';
import {managedRuntime, packageRoot} from '../support/managedRuntime';
import {singscope} from '../support/singscope';

// A loop that never awaits streams live, and obeys the toggle and the stop all the same.

let folder = '';
let packages: Record<string, string> = {};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'singscope-toggle-'));
  packages = {managed: (await managedRuntime()).tfjsNodeDir, 'pure JavaScript': '@tensorflow/tfjs'};
});
afterAll(() => { rmSync(folder, {recursive: true, force: true}); });

async function until<T>(what: string, look: () => T | null | undefined | false): Promise<T> {
  for (const end = Date.now() + 180_000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 50))) {
    const found = look();
    if (found !== null && found !== undefined && found !== false) return found;
  }
  throw new Error(`${what} never came`);
}

const stepOf = (reader: RunReader): number => {
  reader.refresh();
  return reader.steps.column('step').at(-1) ?? 0;
};

test.each(['managed', 'pure JavaScript'])('SING and its parts switch while a loop that never awaits goes on: %s', async (runtime) => {
  const store = join(folder, runtime);
  const ended = singscope(['run', join(packageRoot, 'test/fixtures/forms/spinning.js'), '--store', store], {...process.env, TFJS: packages[runtime]});
  const id = await until('the run', () => listRunIds(store)[0]);
  const reader = await until('its first steps', () => {
    try {
      const opened = openRun(join(store, 'runs', id));
      return stepOf(opened) > 10 && opened;
    } catch {
      return false;
    }
  });
  expect(reader.status()).toBe('running');
  /** Changes something, and waits until 20 steps with it are on the disk, which is always behind. */
  const set = async (...options: string[]): Promise<void> => {
    const {code, stdout, stderr} = await singscope(['set', 'last', '--json', '--store', store, ...options]);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const {step} = JSON.parse(stdout) as {step: number};
    await until('20 more steps', () => stepOf(reader) >= step + 20);
  };
  await set('--sing', 'on');
  await set('--sing', 'on', '--no-normalize');
  await set('--sing', 'on', '--no-centralize', '--normalize', 'std');
  await set('--sing', 'off');
  const refused = await singscope(['set', 'last', '--store', store, '--sing', 'full']);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toMatch(/full SING takes the place of an Adam-family optimizer.*use --sing on/);
  expect((await singscope(['stop', 'last', '--store', store])).code).toBe(0);
  expect((await ended).code).toBe(0);

  reader.refresh();
  expect(reader.status()).toBe('stopped');
  const switches = reader.events('sing').map(({step, settings}) => ({step, mode: settings.mode}));
  expect(switches.map(({mode}) => mode)).toEqual(['off', 'on', 'on', 'on', 'off']);

  const kernels = reader.events('backend').map(({backend}) => backend.kernels);
  expect(kernels).toEqual(['stock', runtime === 'managed' ? 'fused' : 'js', 'stock']);

  const kernel = reader.parameters.find(({name}) => name === 'w');
  const series = reader.series(kernel?.index ?? -1);
  const [step, norm, after] = [series.column('step'), series.column('norm'), series.column('normAfter')];
  // A switch is obeyed at the next step or the one after: these lie well within each part.
  const within = switches.map(({step: from}, part) => step.findIndex((at) => at === (part === 0 ? 5 : from + 10)));
  const at = (part: number): [number, number] => [norm[within[part] ?? -1] ?? NaN, after[within[part] ?? -1] ?? NaN];
  expect(at(0)[1]).toBe(at(0)[0]);
  expect(at(1)[1]).toBeCloseTo(1, 5);
  // Only centralized: shorter than before, by the means that were taken away.
  expect(at(2)[1]).toBeLessThan(at(2)[0]);
  expect(at(2)[1]).toBeGreaterThan(0);
  expect(at(3)[1]).toBeCloseTo(Math.sqrt(200), 3);
  expect(at(4)[1]).toBe(at(4)[0]);
  // No step is missing, whatever was switched.
  expect(Array.from(step)).toEqual(Array.from({length: step.length}, (_, index) => index + 1));
});
