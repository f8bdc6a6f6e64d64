import {l10n} from 'vscode';

interface Wording {
  /** The engine's line, with what differs from case to case in groups. */
  text: RegExp;
  words: (...parts: string[]) => string;
}

/** What the engine words for a terminal, where its mends are options and commands. Here they are settings and buttons. */
const wordings: readonly Wording[] = [
  // Node and script.
  {text: /^Node could not be started as (.*?) \((.*?)\)(?::|$)/s, words: (path, why) => l10n.t('{0} can\'t be started ({1})', path, why)},
  {text: /^(.*?) is Node (\S+), which is too old/s, words: (path, version) => l10n.t('{0} is Node {1}, which is too old', path, version)},
  {text: /^(.*?) is not Node(?::|$)/s, words: (path) => l10n.t('{0} is not Node', path)},
  {text: /^There is no Node(?::|$)/, words: () => l10n.t('there is none')},
  {text: /^(.*) is a directory: /s, words: (path) => l10n.t('{0} is a folder: open the file that trains.', path)},
  {text: /^Trial \S+ could not be started: .*\((.*)\)\.$/s, words: (log) => l10n.t('The comparison could not be started: its process ended at once. Its log is {0}.', log)},
  {text: /^Trial \S+ does not say how/, words: () => l10n.t('This comparison does not say how its runs were started: start it anew.')},
  // Store of runs.
  {text: /^can't write to the run store (.*) \((.*?)\)/s, words: (path, why) => l10n.t('Runs can\'t be written to {0} ({1}): make room there, or check the rights of the folder.', path, why)},
  {text: /^can't write the report to (.*) \((.*?)\)/s, words: (path, why) => l10n.t('The report can\'t be written to {0} ({1}).', path, why)},
  {text: /was written by a newer SINGscope/, words: () => l10n.t('This was written by a newer SINGscope: update the extension to read it.')},
  {text: /^run \S+ can't be read \((.*?)\)/, words: (why) => l10n.t('This run can\'t be read ({0}): check the rights of its folder.', why)},
  {text: /^\S+ of run \S+ is damaged/, words: () => l10n.t('The record of this run is damaged: it can only be deleted.')},
  {text: /^(?:\S+ of )?trial \S+ (?:has an unreadable|is damaged)/, words: () => l10n.t('The record of this comparison is damaged: start it anew.')},
  {text: /^(.*) can't be moved \((.*?)\)/s, words: (path, why) => l10n.t('{0} can\'t be moved ({1}): check the rights of its folder.', path, why)},
  {text: /^(?:run|trial) \S+ goes on/, words: () => l10n.t('it goes on: stop it first')},
  {text: /^there is no .* any more/, words: () => l10n.t('it is gone already')},
  // Install of the runtime.
  {text: /^There is no managed runtime for (.*?) yet/, words: (platform) => l10n.t('There is no TensorFlow runtime for {0} yet: install tfjs-node in the project, or stay on pure JavaScript.', platform)},
  {text: /^(\S+) can't be downloaded from (\S+) \((.*)\): /s, words: (file, host, why) => l10n.t('{0} can\'t be downloaded from {1} ({2}): check the network and pip\'s proxy settings. The next try goes on where this one stopped.', file, host, why)},
  {text: /^(\S+) from (\S+) arrived damaged/, words: (file, host) => l10n.t('{0} from {1} arrived damaged and was thrown away. If that happens again, a proxy or mirror alters it.', file, host)},
  {text: /^No wheel of (.*?) for Linux x64 with glibc (\S+) can be had \((.*)\): /s, words: (name, glibc, why) => l10n.t('No {0} for Linux x64 with glibc {1} can be downloaded ({2}): check pip\'s index, proxy and certificate settings.', name, glibc, why)},
  {text: /^npm is not on PATH/, words: () => l10n.t('npm is not on PATH: install Node 20 or newer with npm.')},
  {text: /^npm can't install (.*?) \((.*)\): /s, words: (name, why) => l10n.t('npm can\'t install {0} ({1}): check npm\'s registry and proxy settings.', name, why)},
  {text: /^(.*) has ([\d.]+) GB free, but the runtime needs ([\d.]+) GB/s, words: (path, free, needed) => l10n.t('{0} has {1} GB free, but the install needs {2} GB: make room there.', path, free, needed)},
  {text: /^(.*) can't be written \((.*)\): /s, words: (path, why) => l10n.t('{0} can\'t be written ({1}): make room there, or check the rights of the folder.', path, why)},
  {text: /^(.*) can't compile (.*?) \((.*)\): /s, words: (compiler, target, why) => l10n.t('{0} can\'t compile {1} ({2}): another compiler (g++ 9 or newer) can be named in the environment variable CXX.', compiler, target, why)},
  {text: /^The new runtime does not load \((.*)\): /s, words: (why) => l10n.t('The new runtime does not load ({0}): stay on the project\'s own TensorFlow.js or pure JavaScript, and please report this.', why)},
  {text: /^The new runtime has TensorFlow /, words: () => l10n.t('Another libtensorflow was found before the new runtime\'s own: start VS Code without LD_LIBRARY_PATH and LD_PRELOAD.')},
  // SING in a run that goes on.
  {text: /^the settings are changing just now/, words: () => l10n.t('the settings are changing just now; try again')},
];

/** A failure of the engine in the words of the editor; in its own, without what it says to type, where it is not known here. */
export function engineText(message: string): string {
  for (const {text, words} of wordings) {
    const found = text.exec(message);
    if (found !== null) return words(...found.slice(1));
  }
  return withoutCommands(message);
}

function withoutCommands(message: string): string {
  const end = /[;,:]? (?:or |start it anew |update |remove the run )?[^;:,]*(?:`singscope [^`]*`|--[a-z-]+)(?: [A-Z]+)?[^;]*$/;
  const cut = message.replace(end, '').trimEnd();
  return cut === '' ? message : cut.replace(/[^.!?]$/, '$&.');
}
