import {defineConfig} from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Real trainings run in child processes; two at once is what two cores carry.
    maxWorkers: 2,
    // Only a hang takes so long, but a busy machine takes its time for a whole VS Code.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
