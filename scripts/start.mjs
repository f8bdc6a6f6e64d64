// Opens a VS Code with this extension on `examples/`: the desktop's where `code` is on PATH, else the VS Code
// server in a browser. It keeps nothing: settings, extensions and state lie in a folder that goes at the end.
import {spawn} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {delimiter, dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {buildAll} from './build.mjs';
import {linkExtension} from './extensionLink.mjs';
import {ensureVscodeServer} from './vscodeServer.mjs';
import {startVscodeServer, windowAddress} from './vscodeServerProcess.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const examples = join(root, 'examples');
const SETTINGS = {
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'telemetry.telemetryLevel': 'off',
  'git.openRepositoryInParentFolders': 'never',
};

const stopped = new Promise((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, resolve);
});

console.log('Building …');
await buildAll({types: false});
const data = mkdtempSync(join(tmpdir(), 'singscope-start-'));
try {
  linkExtension(root, join(data, 'extensions'));
  const code = onPath('code');
  if (code === null) await openServer();
  else await openDesktop(code);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(data, {recursive: true, force: true, maxRetries: 5});
}
process.exit();

async function openServer() {
  const server = await ensureVscodeServer((line) => console.log(`VS Code server: ${line} …`));
  writeSettings(join(data, 'data', 'User'));
  const running = await startVscodeServer(server, data);
  const address = windowAddress(running.origin, {folder: examples});
  console.log(`\nVS Code with SINGscope on examples/:\n\n  ${address}\n\nCtrl-C ends it.`);
  openBrowser(address);
  await Promise.race([stopped, running.exited.then(() => { throw new Error(`The VS Code server has ended:\n${running.output().trim()}`); })]);
  await running.stop();
}

async function openDesktop(code) {
  const user = join(data, 'user');
  writeSettings(join(user, 'User'));
  console.log('VS Code opens examples/ with SINGscope. Closing its window, or Ctrl-C, ends it.');
  const args = ['--new-window', '--wait', '--disable-workspace-trust', '--user-data-dir', user, '--extensions-dir', join(data, 'extensions'), examples];
  const child = spawn(code, args, {stdio: 'inherit', shell: process.platform === 'win32'});
  await Promise.race([stopped, new Promise((resolve, reject) => { child.on('exit', resolve); child.on('error', reject); })]);
  child.kill();
}

function writeSettings(folder) {
  mkdirSync(folder, {recursive: true});
  writeFileSync(join(folder, 'settings.json'), JSON.stringify(SETTINGS, null, 2));
}

function onPath(name) {
  const names = process.platform === 'win32' ? [`${name}.cmd`] : [name];
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.flatMap((folder) => names.map((file) => join(folder, file))).find((path) => existsSync(path)) ?? null;
}

/** Where there is no desktop the printed address must do. */
function openBrowser(address) {
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return;
  const opener = onPath(process.platform === 'darwin' ? 'open' : 'xdg-open');
  if (opener !== null) spawn(opener, [address], {stdio: 'ignore', detached: true}).on('error', () => undefined).unref();
}
