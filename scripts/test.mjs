// Runs every test there is, after making what they need: the packages (built with the managed
// TensorFlow), the VS Code server and, where a package manager may, Chromium. Closes with `N passed, N failed`.
import {spawnSync} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {findChromium} from './chromium.mjs';
import {packageAll} from './package.mjs';
import {ensureVscodeServer} from './vscodeServer.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

try {
  await packageAll();
  findChromium();
  await ensureVscodeServer(console.log);
} catch (error) {
  console.error(`What the tests need could not be made: ${error.message}`);
  console.log('0 passed, 1 failed');
  process.exit(1);
}

const folder = mkdtempSync(join(tmpdir(), 'singscope-test-'));
const results = join(folder, 'results.json');
// What tests leave behind (some kill what would clean up) goes with the folder.
const temporary = join(folder, 'tmp');
mkdirSync(temporary);
const vitest = join(root, 'node_modules/vitest/vitest.mjs');
const {status} = spawnSync(process.execPath, [vitest, 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${results}`, ...process.argv.slice(2)], {cwd: root, stdio: 'inherit', env: {...process.env, TMPDIR: temporary}});
if (!existsSync(results)) {
  console.error('The tests did not finish.');
  console.log('0 passed, 1 failed');
  process.exit(1);
}
const {numPassedTests: passed, numFailedTests, numPendingTests: skipped, numFailedTestSuites, testResults} = JSON.parse(readFileSync(results, 'utf8'));
rmSync(folder, {recursive: true, force: true});
// A file that can't even be loaded has no failed test of its own.
const broken = testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length;
const failed = numFailedTests + broken;
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exit(failed > 0 || numFailedTestSuites > 0 || status !== 0 || passed === 0 ? 1 : 0);
