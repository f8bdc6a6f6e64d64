import {expect, test} from 'vitest';
import type {RunEvent} from '../../../src/protocol/events';
import {defaultSingSettings, type SingSettings} from '../../../src/protocol/sing';
import {ControlWord} from '../../../src/worker/controlWord';
import {SingControl} from '../../../src/worker/singControl';
import type {StepGradient} from '../../../src/worker/stepGradient';
import type {TfOptimizer} from '../../../src/worker/tfjsTypes';

const gradient = (name: string, shape: number[]): StepGradient => ({
  name, parameter: {index: 0, name, layer: name.split('/')[0], layerClass: null, shape, kind: shape.length > 1 ? 'dense' : 'vector', site: null},
} as unknown as StepGradient);
const optimizer = (className: string): TfOptimizer => ({getClassName: () => className, applyGradients: () => undefined});

function notices(settings: Partial<SingSettings>, gradients: StepGradient[], className = 'Adam'): string[] {
  const events: RunEvent[] = [];
  const sing = new SingControl(new ControlWord(), (event) => { events.push(event); });
  for (let step = 0; step < 3; step++) sing.warn(optimizer(className), gradients, {...defaultSingSettings, mode: 'on', ...settings});
  return events.flatMap((event) => (event.type === 'notice' ? [`${event.code}: ${event.message}`] : []));
}

test('a kernel with one element per mean is named once, and what happens to it', () => {
  const gradients = [gradient('one/kernel', [1, 4]), gradient('one/bias', [1]), gradient('two/kernel', [2, 4])];
  expect(notices({}, gradients)).toEqual([expect.stringMatching(/^not-centralized: one\/kernel \[1, 4\]/)]);
  expect(notices({centralize: 'always'}, gradients)).toEqual([expect.stringMatching(/^centralized-to-zero: one\/kernel \[1, 4\].*does not train/)]);
  expect(notices({centralize: false}, gradients)).toEqual([]);
  expect(notices({exclude: ['one']}, gradients)).toEqual([]);
});

test('Adagrad behind a normalized gradient is told', () => {
  const gradients = [gradient('two/kernel', [2, 4])];
  expect(notices({}, gradients, 'Adagrad')).toEqual([expect.stringMatching(/^adagrad-flat: /)]);
  expect(notices({normalize: 'std'}, gradients, 'Adagrad')).toEqual([]);
  expect(notices({mode: 'full'}, gradients, 'Adagrad')).toEqual([]);
});

test('settings of this moment: exclusions follow a change', () => {
  const control = new ControlWord();
  control.publish({...defaultSingSettings, exclude: ['one']});
  const sing = new SingControl(control, () => undefined);
  const {parameter} = gradient('one/kernel', [2, 4]);
  expect(sing.excludes(parameter, sing.read() as SingSettings)).toBe(true);
  control.publish({...defaultSingSettings, exclude: ['*bias']});
  expect(sing.excludes(parameter, sing.read() as SingSettings)).toBe(false);
});
