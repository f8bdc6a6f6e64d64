import js from '@eslint/js';
import boundaries from 'eslint-plugin-boundaries';
import tseslint from 'typescript-eslint';

// The walls between rooms: which room may import from which. What is not named is forbidden.
const rooms = {
  protocol: ['sing'],
  diagnosis: ['protocol'],
  sing: [],
  platform: [],
  runs: ['protocol', 'platform'],
  runtime: ['platform'],
  worker: ['protocol', 'diagnosis', 'sing', 'platform', 'runs'],
  session: ['protocol', 'diagnosis', 'platform', 'runs', 'runtime'],
  cli: ['protocol', 'diagnosis', 'platform', 'runs', 'runtime', 'session'],
  webview: ['protocol', 'runs'],
  server: ['protocol', 'diagnosis', 'platform', 'runs'],
  client: ['protocol', 'platform'],
  panel: ['protocol', 'diagnosis', 'platform', 'runs', 'runtime', 'session'],
  ui: ['protocol', 'diagnosis', 'platform', 'runs', 'runtime', 'session', 'panel', 'client'],
};

/** Packages that a pure room must not know: it runs in Node, in a browser and in the editor alike. */
const impure = [{group: ['node:*', 'vscode', '@tensorflow/*'], message: 'This room is pure: no Node, no VS Code, no tfjs.'}];

export default tseslint.config(
  {ignores: ['dist/', 'node_modules/', '.singscope/', 'test/fixtures/', 'test/faults/programs/', 'test/faults/.*', '**/*.d.ts']},
  js.configs.recommended,
  ...tseslint.configs.strict,
  {
    files: ['src/**/*.ts', 'webview/**/*.ts', 'bench/**/*.ts', 'soak/**/*.ts', 'test/**/*.ts'],
    languageOptions: {parserOptions: {projectService: true}},
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', {checksVoidReturn: false}],
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-dynamic-delete': 'off',
      '@typescript-eslint/no-unused-vars': ['error', {argsIgnorePattern: '^_', varsIgnorePattern: '^_'}],
      'max-lines': ['error', {max: 300, skipBlankLines: true}],
    },
  },
  {
    files: ['src/**/*.ts', 'webview/**/*.ts'],
    plugins: {boundaries},
    settings: {
      'import/resolver': {node: {extensions: ['.ts', '.js']}},
      'boundaries/elements': [
        ...Object.keys(rooms).filter((room) => room !== 'webview').map((room) => ({type: room, pattern: `src/${room}`})),
        {type: 'webview', pattern: 'webview'},
      ],
    },
    rules: {
      'boundaries/dependencies': ['error', {
        default: 'disallow',
        policies: Object.entries(rooms).map(([from, allow]) => ({
          from: {element: {type: from}},
          allow: [from, ...allow].map((type) => ({to: {element: {type}}})),
        })),
      }],
    },
  },
  {files: ['src/**/*.ts'], ignores: ['src/ui/**', 'src/client/**', 'src/panel/**', 'src/extension.ts', 'src/userLanguage.ts'], rules: {'no-restricted-imports': ['error', {patterns: [{group: ['vscode'], message: 'Only the extension\'s own rooms know VS Code.'}]}]}},
  {files: ['src/extension.ts'], rules: {'no-restricted-imports': ['error', {patterns: [{group: ['./session/*', './runs/*', './runtime/*', './worker/*', './cli/*', './diagnosis/*'], message: 'extension.ts only composes client, panel and ui.'}]}]}},
  {files: ['src/protocol/**/*.ts', 'src/diagnosis/**/*.ts'], rules: {'no-restricted-imports': ['error', {patterns: impure}]}},
  {
    files: ['examples/**/*.js', 'media/**/*.js', 'bin/*.js', 'src/worker/standIn/*.cjs', 'test/e2e/probe/*.cjs', 'scripts/**/*.mjs', 'soak/**/*.mjs', 'soak/**/*.cjs', '*.mjs', '*.mts'],
    languageOptions: {globals: {console: 'readonly', process: 'readonly', require: 'readonly', module: 'writable', exports: 'readonly', __dirname: 'readonly', URL: 'readonly', fetch: 'readonly', setTimeout: 'readonly', clearTimeout: 'readonly', setImmediate: 'readonly', Buffer: 'readonly'}},
    rules: {'@typescript-eslint/no-require-imports': 'off', '@typescript-eslint/no-floating-promises': 'off'},
  },
  {
    files: ['test/webview/panel*.test.ts', 'test/e2e/**/*.ts'],
    rules: {'no-restricted-syntax': ['error', {selector: "CallExpression[callee.name='expect'] :matches(AwaitExpression, CallExpression[callee.property.name='posted'])", message: 'A page draws when it comes to it: expect.poll waits for what is to come. What must not be is read once, and then expected.'}]},
  },
  {files: ['scripts/panelPreviewBridge.js'], languageOptions: {globals: {window: 'readonly', document: 'readonly', fetch: 'readonly', EventSource: 'readonly', MessageEvent: 'readonly', sessionStorage: 'readonly', atob: 'readonly'}}},
);
