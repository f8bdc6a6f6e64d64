import {expect, test} from 'vitest';
import {parse} from 'valibot';
import {Detector, type DetectorParameter, type StepObservation} from '../../../src/diagnosis/detector';
import {findingSchema, type Finding} from '../../../src/protocol/finding';
import {stringifyJson} from '../../../src/protocol/numbers';
import {denseParameters, noise, stepOf} from './observations';

function judge(parameters: DetectorParameter[], steps: StepObservation[]): Finding[] {
  const detector = new Detector();
  for (const parameter of parameters) detector.addParameter(parameter);
  const findings = steps.flatMap((step) => detector.observe(step));
  return [...findings, ...detector.finish(steps.at(-1)?.step ?? 0)];
}

/** Kernel and bias norms of `layers` layers with noise, each times its factor. */
function quietNorms(layers: number, draw: () => number, factors: number[] = []): number[] {
  return Array.from({length: layers}, (_, at) => [draw() * (factors[at] ?? 1), 0.4 * draw() * (factors[at] ?? 1)]).flat();
}

function run(layers: number, steps: number, at: (step: number, norms: number[]) => {norms: number[]; loss: number | null}, sigma = 0.3): StepObservation[] {
  const draw = noise(sigma);
  return Array.from({length: steps}, (_, index) => {
    const {norms, loss} = at(index + 1, quietNorms(layers, draw));
    return stepOf(index + 1, norms, loss);
  });
}

test.each([0.3, 0.6, 1])('3,000 steps of log-normal noise of %s stay silent', (sigma) => {
  const lossOf = noise(sigma / 2, 7);
  const findings = judge(denseParameters(4), run(4, 3000, (step, norms) => ({norms, loss: lossOf() * (0.1 + Math.exp(-step / 300))}), sigma));
  expect(findings).toEqual([]);
});

test('a NaN born in a backward pass is of the deepest layer that has it, said once and with its line', () => {
  const findings = judge(denseParameters(4), run(4, 60, (step, norms) => ({norms: norms.map((norm, at) => (step >= 30 && at < 4 ? NaN : norm)), loss: 1})));
  expect(findings).toHaveLength(1);
  expect(findings[0]).toMatchObject({rule: 'non-finite', severity: 'error', step: 30, onsetStep: 30, layer: 'layer1', site: {line: 11}});
  expect(() => parse(findingSchema, JSON.parse(stringifyJson(findings[0])))).not.toThrow();
});

test('where the clean layer above is the user\'s own, it made the NaN', () => {
  const parameters = denseParameters(3).map((parameter) => (parameter.layer === 'layer1' ? {...parameter, layerClass: 'Normalizer'} : parameter));
  const findings = judge(parameters, run(3, 40, (step, norms) => ({norms: norms.map((norm, at) => (step >= 30 && at < 2 ? NaN : norm)), loss: 1})));
  expect(findings.map(({rule, layer}) => ({rule, layer}))).toEqual([{rule: 'non-finite', layer: 'layer1'}]);
});

test('all gradients NaN at once have no layer', () => {
  const findings = judge(denseParameters(3), run(3, 40, (step, norms) => ({norms: step === 30 ? norms.map(() => NaN) : norms, loss: step === 30 ? NaN : 1})));
  expect(findings).toHaveLength(1);
  expect(findings[0]).toMatchObject({rule: 'non-finite', layer: null, parameter: null, site: null, step: 30, value: NaN});
});

test('all NaN right after one layer\'s gradient rose are of that layer', () => {
  const findings = judge(denseParameters(4), run(4, 60, (step, norms) => ({
    norms: step >= 52 ? norms.map(() => NaN) : step >= 50 ? norms.map((norm, at) => (at === 4 || at === 5 ? norm * 1000 : norm)) : norms, loss: step >= 52 ? NaN : 1,
  })));
  expect(findings).toHaveLength(1);
  expect(findings[0]).toMatchObject({rule: 'non-finite', layer: 'layer2', onsetStep: 50, step: 52});
});

test('the loss alone can turn NaN', () => {
  const findings = judge(denseParameters(2), run(2, 40, (step, norms) => ({norms, loss: step === 20 ? NaN : 1})));
  expect(findings.map(({rule, layer, step}) => ({rule, layer, step}))).toEqual([{rule: 'non-finite', layer: null, step: 20}]);
});

test('a spike of one layer is a warning at that layer, with the usual value as baseline', () => {
  const findings = judge(denseParameters(4), run(4, 120, (step, norms) => ({norms: norms.map((norm, at) => (step === 80 && (at === 2 || at === 3) ? norm * 1000 : norm)), loss: 1})));
  expect(findings).toHaveLength(1);
  expect(findings[0]).toMatchObject({rule: 'spike', severity: 'warning', layer: 'layer1', onsetStep: 80});
  expect(Number(findings[0]?.value) / Number(findings[0]?.baseline)).toBeGreaterThan(100);
});

test('a spike of all layers alike is nobody\'s, and one that stays is an explosion', () => {
  const spiked = judge(denseParameters(4), run(4, 120, (step, norms) => ({norms: norms.map((norm) => (step === 80 ? norm * 1000 : norm)), loss: step === 80 ? 1000 : 1})));
  expect(spiked.map(({rule, layer}) => ({rule, layer}))).toEqual([{rule: 'spike', layer: null}]);
  const stayed = judge(denseParameters(4), run(4, 300, (step, norms) => ({norms: norms.map((norm) => (step >= 80 ? norm * 1000 : norm)), loss: step >= 80 ? 1000 : 1})));
  expect(stayed.map(({rule, layer, severity}) => ({rule, layer, severity}))).toEqual([{rule: 'exploding', layer: null, severity: 'error'}]);
});

test('a loss that jumps below zero fell, one that was below zero has a usual value there', () => {
  const jumped = (usual: number, later: number): Finding[] => judge(denseParameters(4), run(4, 300, (step, norms) => ({norms, loss: step >= 150 ? later : usual})));
  const [fell] = jumped(-2, -2000);
  expect(fell).toMatchObject({rule: 'exploding', value: -2000});
  expect(fell?.baseline).toBeCloseTo(-2, 9);
  expect(fell?.message).toContain('The loss fell from its usual -2 to -2000 (1000 times) at step 150 and stayed down');
  expect(jumped(2, -2000)[0]?.message).toContain('The loss fell from its usual 2 to -2000 (1000 times)');
  expect(jumped(2, 2000)[0]?.message).toContain('The loss rose from its usual 2 to 2000 (1000 times) at step 150 and stayed up');
});

test('what passes a layer grows: that layer is to blame, though others rise with it', () => {
  // Layer 1 multiplies by 1000: the input of layer 2 and what arrives at layer 0 rise, and so do their gradients.
  const factors = [[1000, 1000], [1, 1], [1000, 1], [1000, 1]].flat();
  const findings = judge(denseParameters(4), run(4, 120, (step, norms) => ({norms: norms.map((norm, at) => (step >= 80 ? norm * (factors[at] ?? 1) : norm)), loss: step >= 80 ? 1000 : 1})));
  expect(findings.map(({rule, layer}) => ({rule, layer}))).toEqual([{rule: 'exploding', layer: 'layer1'}]);
});

test('a loss that grows from the first steps explodes without a layer', () => {
  const findings = judge(denseParameters(3), run(3, 12, (step, norms) => ({norms: norms.map((norm) => norm * 30 ** step), loss: 900 ** step})));
  expect(findings.map(({rule, layer}) => ({rule, layer}))).toEqual([{rule: 'exploding', layer: null}]);
  expect(findings[0]?.step).toBeLessThanOrEqual(6);
});

test('a loss of exactly 0 is no level to grow from', () => {
  const shut = (steps: number, later: (step: number) => number, factor = (_step: number): number => 1): StepObservation[] =>
    run(3, 200, (step, norms) => (step <= steps ? {norms: norms.map(() => 0), loss: 0} : {norms: norms.map((norm) => norm * factor(step - steps)), loss: later(step - steps)}));
  expect(judge(denseParameters(3), shut(25, (step) => -1.9 + 0.4 * Math.exp(-step / 10)))).toEqual([]);
  expect(judge(denseParameters(3), shut(60, (step) => 1 + Math.exp(-step / 10)))).toEqual([]);
  // An episode is won or lost every 20 steps, and nothing is to be learned between them.
  expect(judge(denseParameters(3), run(3, 400, (step, norms) => (step % 20 === 0 ? {norms, loss: step % 40 === 0 ? 0.7 : -0.7} : {norms: norms.map(() => 0), loss: 0})))).toEqual([]);
  const grown = judge(denseParameters(3), shut(25, (step) => -0.5 * 1.08 ** step, (step) => 1.08 ** step));
  expect(grown.map(({rule, layer, baseline}) => ({rule, layer, baseline}))).toEqual([{rule: 'exploding', layer: null, baseline: -0.54}]);
  expect(grown[0]?.message).toMatch(/^The loss went from -0\.54 to -/);
});

test('large but steady, a rate restart below the start, and a second model are healthy', () => {
  expect(judge(denseParameters(3), run(3, 300, (_step, norms) => ({norms: norms.map((norm) => norm * 1e8), loss: 1e12})))).toEqual([]);
  const converging = (step: number): number => (step < 200 ? Math.exp(-step / 25) : 0.3);
  expect(judge(denseParameters(3), run(3, 260, (step, norms) => ({norms: norms.map((norm) => norm * converging(step)), loss: converging(step)})))).toEqual([]);
  const first = run(2, 200, (step, norms) => ({norms: norms.map((norm) => norm * Math.exp(-step / 20)), loss: Math.exp(-step / 20)}));
  const second = run(2, 100, (_step, norms) => ({norms: norms.map((norm) => 50 * norm), loss: 50})).map((step) => ({...step, step: step.step + 200, optimizer: 1}));
  expect(judge(denseParameters(2), [...first, ...second])).toEqual([]);
});

test('a dead layer: exact zeros up to it, from the first step', () => {
  const dead = (norms: number[]): number[] => norms.map((norm, at) => (at < 4 || at === 4 ? 0 : norm));
  const findings = judge(denseParameters(3), run(3, 60, (_step, norms) => ({norms: dead(norms), loss: 1})));
  expect(findings).toHaveLength(1);
  expect(findings[0]).toMatchObject({rule: 'vanishing', layer: 'layer1', onsetStep: 1, value: 0});
});

test('of dead layers the one that was started oddly is to blame', () => {
  const parameters = denseParameters(3).map((parameter) => ({...parameter, initial: parameter.name === 'layer0/bias' ? {mean: -10, std: 0, min: -10, max: -10} : {mean: 0, std: parameter.shape.length === 2 ? 0.3 : 0, min: -1, max: 1}}));
  const findings = judge(parameters, run(3, 60, (_step, norms) => ({norms: norms.map((norm, at) => (at <= 4 ? 0 : norm)), loss: 1})));
  expect(findings.map(({rule, layer}) => ({rule, layer}))).toEqual([{rule: 'vanishing', layer: 'layer0'}]);
});

test('a layer that dies in mid-run is named, with those that go on; one that dies at once is nobody\'s', () => {
  const dyingAt = (step: number, rate = (_at: number): number => 0.01): Finding[] =>
    judge(denseParameters(4), run(4, 90, (at, norms) => ({norms: norms.map((norm, row) => (at >= step && row <= 4 ? 0 : norm)), loss: 1})).map((one) => ({...one, learningRate: rate(one.step)})));
  const [named] = dyingAt(31);
  expect(named).toMatchObject({rule: 'vanishing', layer: 'layer1', site: {line: 11}, onsetStep: 31});
  expect(named?.message).toContain('The gradient of layer0 (Dense) and layer1 (Dense) is exactly zero since step 31');
  expect(named?.message).toContain('; layer2 (Dense) and layer3 (Dense) still get one. No gradient gets through layer1 (Dense) any more');
  const [atOnce] = dyingAt(5);
  expect(atOnce).toMatchObject({rule: 'vanishing', layer: null, site: null, onsetStep: 5});
  expect(atOnce?.message).toContain('the gradient stops at layer1 (Dense), as after steps that were too long');
  expect(dyingAt(41, (step) => (step < 40 ? 0.01 : 10)).map(({rule, layer}) => ({rule, layer}))).toEqual([{rule: 'vanishing', layer: null}]);
});

test('of several layers that start oddly none is to blame, and it is not said that all died', () => {
  const parameters = denseParameters(4).map((parameter) => ({...parameter, initial: {mean: 0, std: parameter.shape.length === 1 || parameter.layer === 'layer0' || parameter.layer === 'layer1' ? 0 : 0.3, min: -1, max: 1}}));
  const [finding, ...more] = judge(parameters, run(4, 60, (_step, norms) => ({norms: norms.map((norm, at) => (at <= 4 ? 0 : norm)), loss: 1})));
  expect(more).toEqual([]);
  expect(finding).toMatchObject({rule: 'vanishing', layer: null});
  expect(finding?.message).toContain('several start with values that let hardly any gradient through');
});

test('gradients that shrink through depth are said only of a loss that does not fall', () => {
  const shrinking = (norms: number[]): number[] => norms.map((norm, at) => norm * 10 ** (-(9 - Math.floor(at / 2))));
  const stuck = judge(denseParameters(10), run(10, 120, (_step, norms) => ({norms: shrinking(norms), loss: 2.3})));
  expect(stuck.map(({rule, layer}) => ({rule, layer}))).toEqual([{rule: 'vanishing', layer: null}]);
  expect(judge(denseParameters(10), run(10, 120, (step, norms) => ({norms: shrinking(norms), loss: 2.3 * Math.exp(-step / 40)})))).toEqual([]);
});

test('a finished training with all gradients zero is healthy; one that stands high is not', () => {
  const end = (loss: number) => judge(denseParameters(3), run(3, 100, (step, norms) => ({norms: step > 40 ? norms.map(() => 0) : norms, loss: step > 40 ? loss : 1})));
  expect(end(0)).toEqual([]);
  expect(end(1).map(({rule}) => rule)).toEqual(['vanishing']);
});

test('a weight that starts far too large is said in the first steps', () => {
  const parameters = denseParameters(3).map((parameter) => ({...parameter, initial: {mean: 0, std: parameter.shape.length === 1 ? 0 : parameter.layer === 'layer1' ? 35 : 0.35, min: -1, max: 1}}));
  const findings = judge(parameters, run(3, 30, (_step, norms) => ({norms, loss: 1})));
  expect(findings.map(({rule, layer, step}) => ({rule, layer, step}))).toEqual([{rule: 'exploding', layer: 'layer1', step: 1}]);
});

test('without a loss the gradients alone are judged', () => {
  expect(judge(denseParameters(3), run(3, 200, (_step, norms) => ({norms, loss: null})))).toEqual([]);
  const findings = judge(denseParameters(3), run(3, 200, (step, norms) => ({norms: norms.map((norm) => (step >= 100 ? norm * 1e5 : norm)), loss: null})));
  expect(findings.map(({rule}) => rule)).toEqual(['exploding']);
});

test('many short trainings in one process are forgotten in turn', () => {
  const detector = new Detector();
  for (const parameter of denseParameters(2)) detector.addParameter(parameter);
  const draw = noise(0.3);
  for (let optimizer = 0; optimizer < 300; optimizer++) {
    for (let step = 1; step <= 5; step++) expect(detector.observe({...stepOf(step, quietNorms(2, draw), 1), optimizer})).toEqual([]);
  }
  const {judged} = detector as unknown as {judged: Map<string, unknown>};
  expect(judged.size).toBeLessThanOrEqual(64);
});

test('a batch whose inputs are far too large is the data\'s fault, though the first kernel alone rises', () => {
  const findings = judge(denseParameters(4), run(4, 120, (step, norms) => ({norms: norms.map((norm, at) => (step === 80 && at === 0 ? norm * 1e5 : norm)), loss: step === 80 ? 50 : 1})));
  expect(findings.map(({rule, layer}) => ({rule, layer}))).toEqual([{rule: 'spike', layer: null}]);
});

test('all NaN at once are of the layer whose gradient had been growing all along', () => {
  const findings = judge(denseParameters(4), run(4, 150, (step, norms) => ({
    norms: step === 140 ? norms.map(() => NaN) : norms.map((norm, at) => (at >= 6 ? 0.1 * norm * Math.exp(step / 25) : norm)), loss: step === 140 ? NaN : 1,
  })));
  expect(findings.map(({rule, layer, step}) => ({rule, layer, step}))).toEqual([{rule: 'non-finite', layer: 'layer3', step: 140}]);
});
