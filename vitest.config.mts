import {defineConfig} from 'vitest/config';

const e2e = 'test/e2e/**/*.test.ts';
// Only a hang takes so long, but a busy machine takes its time for a whole VS Code, and more for what a file's hooks compile, pack or train.
const patience = {testTimeout: 300_000, hookTimeout: 900_000, expect: {poll: {timeout: 60_000}}};

export default defineConfig({
  test: {
    projects: [
      // Real trainings run in child processes; two at once is what two cores carry.
      {test: {...patience, name: 'engine', include: ['test/**/*.test.ts'], exclude: [e2e], maxWorkers: 2, sequence: {groupOrder: 0}}},
      // Each file brings a VS Code, a browser and trainings: one at a time.
      {test: {...patience, name: 'editor', include: [e2e], maxWorkers: 1, sequence: {groupOrder: 1}}},
    ],
  },
});
