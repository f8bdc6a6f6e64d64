import {describe, expect, it} from 'vitest';
import type {Finding} from '../../../src/protocol/finding';
import type {RunSummary} from '../../../src/protocol/runSummary';
import {exitCodeOf, type Outcome} from '../../../src/cli/exitCode';

const finding = {rule: 'spike'} as Finding;
const run = (changes: Partial<RunSummary> = {}): RunSummary => ({exitCode: 0, findings: [], notices: [], ...changes}) as RunSummary;
const outcome = (changes: Partial<Outcome>): Outcome => ({interrupted: false, exitCode: 0, signal: null, runs: [run()], failOn: [], ...changes});
const noRuntime = run({exitCode: 5, notices: [{code: 'no-runtime', message: ''}]});

describe('exitCodeOf: the first that applies', () => {
  it.each([
    ['nothing wrong', outcome({}), 0],
    ['a finding that nobody asked to fail on', outcome({runs: [run({findings: [finding]})]}), 0],
    ['a finding of another rule', outcome({runs: [run({findings: [finding]})], failOn: ['vanishing']}), 0],
    ['--fail-on met', outcome({runs: [run({findings: [finding]})], failOn: ['spike']}), 3],
    ['--fail-on any met in a child', outcome({runs: [run(), run({findings: [finding]})], failOn: ['any']}), 3],
    ['--fail-on any without a finding', outcome({failOn: ['any']}), 0],
    ['the script failed', outcome({exitCode: 1}), 4],
    ['the script was killed', outcome({exitCode: null, signal: 'SIGKILL'}), 4],
    ['--fail-on met before the script failed', outcome({exitCode: 1, runs: [run({findings: [finding]})], failOn: ['any']}), 3],
    ['interrupted', outcome({interrupted: true, exitCode: null, signal: 'SIGTERM'}), 130],
    ['interrupted after --fail-on was met', outcome({interrupted: true, runs: [run({findings: [finding]})], failOn: ['any']}), 130],
    ['no runtime', outcome({exitCode: 5, runs: [noRuntime]}), 5],
    ['no runtime, interrupted', outcome({interrupted: true, runs: [noRuntime]}), 5],
    ['stopped, and killed since its main thread was blocked', outcome({exitCode: null, signal: 'SIGTERM', runs: [run({status: 'stopped', exitCode: null, signal: 'SIGTERM'})]}), 0],
    ['no runtime, where the main thread was blocked', outcome({exitCode: null, signal: 'SIGTERM', runs: [{...noRuntime, exitCode: null, signal: 'SIGTERM'}]}), 5],
    ['a script that itself exits 5', outcome({exitCode: 5, runs: [run({exitCode: 5})]}), 4],
  ])('%s', (_name, given, expected) => {
    expect(exitCodeOf(given)).toBe(expected);
  });
});
