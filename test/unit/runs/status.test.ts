import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {appendFileSync, readFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import type {RunStatus} from '../../../src/protocol/runSummary';
import {processStartTime} from '../../../src/platform/processStart';
import {openRun} from '../../../src/runs/runReader';
import {isProcessAlive, readRunStatus, RunWitness, statusOf, type RunEvidence} from '../../../src/runs/status';
import {RunFolder, temporaryStore} from '../../support/runFolder';

const NOW = 1e12;
const alive = {pid: process.pid, processStart: processStartTime(process.pid)};
const end = {exitCode: 0, stopped: false, error: null};
const exit = {exitCode: 0, signal: null, time: 0, interrupted: false};

async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  return child.pid ?? 0;
}

test.each<[RunStatus, string, Partial<RunEvidence>]>([
  ['running', 'its process is there', {start: alive}],
  ['running', 'it was made just now and has not said start', {created: NOW - 1000}],
  ['crashed', 'it never said start', {created: NOW - 3_600_000}],
  ['crashed', 'its pid belongs to a later process', {start: {...alive, processStart: '1'}}],
  ['finished', 'end with 0', {start: alive, end}],
  ['stopped', 'end after a stop', {end: {...end, stopped: true}}],
  ['failed', 'end with 1', {end: {...end, exitCode: 1}}],
  ['failed', 'end by an error without a code', {end: {exitCode: null, stopped: false, error: 'Error: no'}}],
  ['finished', 'end without code and error', {end: {exitCode: null, stopped: false, error: null}}],
  ['failed', 'exit.json before end', {end, exit: {...exit, exitCode: 7}}],
  ['finished', 'exit.json without an end', {exit}],
  ['crashed', 'killed by a signal', {start: alive, exit: {...exit, exitCode: null, signal: 'SIGKILL'}}],
  ['crashed', 'killed by a signal after its end', {end, exit: {...exit, exitCode: null, signal: 'SIGSEGV'}}],
  ['stopped', 'killed by a signal after a stop was asked of the session', {exit: {...exit, exitCode: null, signal: 'SIGTERM', interrupted: true}}],
  ['stopped', 'killed by a signal after a stop was asked of the recorder', {stopAsked: true, exit: {...exit, exitCode: null, signal: 'SIGKILL'}}],
  ['stopped', 'left with 130 after Ctrl-C', {end: {...end, exitCode: 130}, exit: {...exit, exitCode: 130, interrupted: true}}],
  ['crashed', 'exit.json knows neither code nor signal', {exit: {...exit, exitCode: null}}],
])('%s: %s', (status, _why, evidence) => {
  expect(statusOf({created: 0, start: null, end: null, exit: null, stopAsked: false, ...evidence}, NOW)).toBe(status);
});

test('a process that is gone crashed, or was stopped where that was asked', async () => {
  const start = {pid: await deadPid(), processStart: null};
  expect(statusOf({created: 0, start, end: null, exit: null, stopAsked: false})).toBe('crashed');
  expect(statusOf({created: 0, start, end: null, exit: null, stopAsked: true})).toBe('stopped');
});

test.runIf(process.platform === 'linux')('a zombie is not alive', async () => {
  // The shell becomes a program that never waits for the child it started.
  const child = spawn('sh', ['-c', 'sleep 600 & echo $!; exec sleep 600']);
  const [chunk] = await once(child.stdout, 'data') as [Buffer];
  const pid = Number(chunk.toString());
  expect(isProcessAlive(pid, null)).toBe(true);
  // As long as it is a shell it may take note of its child's end.
  await expect.poll(() => readFileSync(`/proc/${String(child.pid)}/comm`, 'utf8')).toBe('sleep\n');
  process.kill(pid, 'SIGKILL');
  while (isProcessAlive(pid, null)) await new Promise((resolve) => setTimeout(resolve, 50));
  expect(processStartTime(pid)).not.toBeNull();
  expect(isProcessAlive(child.pid ?? 0, processStartTime(child.pid ?? 0))).toBe(true);
  child.kill('SIGKILL');
});

test('reader and short look agree from start to end', async () => {
  const folder = new RunFolder(temporaryStore(), '20261124-101500-a1b2', {created: 0});
  expect(readRunStatus(folder.dir)).toBe('crashed');
  folder.event({type: 'start', ...alive, node: 'v20', time: 0, control: null});
  const reader = openRun(folder.dir);
  expect([reader.status(), readRunStatus(folder.dir)]).toEqual(['running', 'running']);
  folder.end();
  reader.refresh();
  expect([reader.status(), readRunStatus(folder.dir)]).toEqual(['finished', 'finished']);
  folder.exit({exitCode: 3});
  reader.refresh();
  expect([reader.status(), readRunStatus(folder.dir)]).toEqual(['failed', 'failed']);
});

test('an end that is written while the process goes away is not taken for a crash', async () => {
  const folder = new RunFolder(temporaryStore(), '20261124-101500-a1b2');
  folder.event({type: 'start', pid: await deadPid(), processStart: null, node: 'v20', time: 0, control: null});
  const reader = openRun(folder.dir);
  folder.end();
  appendFileSync(folder.path('events'), '{"type":');
  expect(reader.status()).toBe('finished');
});

test('last words that are written along with exit.json are read before it is believed', () => {
  const folder = new RunFolder(temporaryStore(), '20261124-101500-a1b2');
  const witness = new RunWitness(folder.dir, Date.now());
  expect(witness.settledStatus(() => { throw new Error('there is nothing more'); })).toBe('running');
  folder.exit();
  expect(witness.settledStatus(() => { witness.take({type: 'end', step: 0, time: 0, exitCode: 0, stopped: true, error: null, overheadPct: null, dropped: {frames: 0, spikes: 0}, skippedSteps: 0}); })).toBe('stopped');
});
