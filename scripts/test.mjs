// Runs every test there is, after installing what they need: the build, the managed TensorFlow and,
// where a package manager may, Chromium. Closes with `N passed, N failed`.
import {spawnSync} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {buildAll} from './build.mjs';
import {findChromium} from './chromium.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

await buildAll();
findChromium();
run(process.execPath, ['bin/singscope.js', 'runtime', 'install']);

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

function run(command, args) {
  const {status: code} = spawnSync(command, args, {cwd: root, stdio: 'inherit'});
  if (code === 0) return;
  console.error(`${args.join(' ')} failed: the tests need it.`);
  console.log('0 passed, 1 failed');
  process.exit(1);
}
