import {execFile} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {Rule} from '../../src/protocol/finding';

const programs = resolve(__dirname, 'programs');
const cli = resolve(__dirname, '../../bin/singscope.js');

interface RunJson {
  status: string;
  steps: number;
  findings: Array<{rule: Rule; severity: string; step: number; onsetStep: number; layer: string | null; site: {file: string; line: number} | null; message: string}>;
}

/** Rules that fit, and whether a layer is to blame: then the line marked "culprit" made it. */
const faulty: Record<string, {rules: Rule[]; layer: RegExp | null; from: number}> = {
  'rateTooHigh.js': {rules: ['exploding', 'non-finite'], layer: null, from: 2},
  'largeInitializer.js': {rules: ['exploding'], layer: /Dense3$/, from: 1},
  'logOfZero.mjs': {rules: ['non-finite'], layer: null, from: 1},
  'rootOfZero.js': {rules: ['non-finite'], layer: /root/i, from: 1},
  'pixelsNotScaled.js': {rules: ['exploding', 'non-finite'], layer: null, from: 1},
  'nanInBatch.js': {rules: ['non-finite'], layer: null, from: 61},
  'outlierInBatch.js': {rules: ['spike', 'exploding'], layer: null, from: 70},
  'sigmoidChain.js': {rules: ['vanishing'], layer: null, from: 1},
  'deadUnits.js': {rules: ['vanishing'], layer: /Dense2$/, from: 1},
  'zeroKernel.js': {rules: ['vanishing'], layer: /Conv1D2$/, from: 1},
  'signOfLoss.js': {rules: ['exploding', 'non-finite'], layer: null, from: 1},
  'rateJump.js': {rules: ['exploding', 'spike', 'non-finite'], layer: null, from: 60},
  'gradientsNotDisposed.js': {rules: ['leak'], layer: null, from: 60},
  'gainInMidRun.js': {rules: ['exploding', 'spike', 'non-finite'], layer: /annealed/i, from: 60},
};

const healthy = [
  'healthyClassifier.js', 'healthyConvolution.js', 'healthyRecurrent.mjs', 'healthyText.js', 'healthyTwoModels.js', 'healthySummedLoss.js',
  'healthyAdversarial.js', 'healthyPolicy.js', 'healthyBatchOfOne.js', 'healthyRestarts.js', 'healthyConverged.js',
  'healthyFullBatch.js',
];

const store = mkdtempSync(join(tmpdir(), 'singscope-faults-'));
const results = new Map<string, RunJson>();

function run(program: string): Promise<RunJson> {
  return new Promise((fulfil, reject) => {
    execFile(process.execPath, [cli, 'run', join(programs, program), '--seed', '3', '--store', store, '--json'], {maxBuffer: 1 << 26}, (error, stdout, stderr) => {
      try {
        fulfil(JSON.parse(stdout) as RunJson);
      } catch {
        reject(new Error(`${program}: no JSON (${error?.message ?? 'exit 0'})\n${stderr}`));
      }
    });
  });
}

beforeAll(async () => {
  const waiting = [...Object.keys(faulty), ...healthy];
  const work = async (): Promise<void> => {
    for (let program = waiting.shift(); program !== undefined; program = waiting.shift()) results.set(program, await run(program));
  };
  await Promise.all([work(), work()]);
});

afterAll(() => { rmSync(store, {recursive: true, force: true}); });

test.each(Object.entries(faulty))('%s is found, at the line that made it', (program, {rules, layer, from}) => {
  const {findings, status, steps} = results.get(program) as RunJson;
  expect(status).toBe('finished');
  expect(steps).toBeGreaterThanOrEqual(40);
  expect(findings.length).toBeGreaterThan(0);
  expect(findings.length).toBeLessThanOrEqual(2);
  const lines = readFileSync(join(programs, program), 'utf8').split('\n');
  for (const finding of findings) {
    expect(rules).toContain(finding.rule);
    expect(finding.step).toBeGreaterThanOrEqual(from);
    expect(finding.message).toMatch(/\d/);
    if (layer === null) expect(finding.layer).toBeNull();
    else expect(finding.layer).toMatch(layer);
    if (layer === null && finding.rule !== 'leak') {
      expect(finding.site).toBeNull();
    } else {
      expect(finding.site).toMatchObject({file: join(programs, program), line: lines.findIndex((line) => line.includes('// culprit')) + 1});
    }
  }
});

test.each(healthy)('%s stays silent', (program) => {
  const {findings, status, steps} = results.get(program) as RunJson;
  expect(status).toBe('finished');
  expect(steps).toBeGreaterThanOrEqual(50);
  expect(findings).toEqual([]);
});
