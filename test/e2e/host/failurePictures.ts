import {mkdirSync} from 'node:fs';
import {join} from 'node:path';
import {beforeEach} from 'vitest';
import {packageRoot} from '../../support/managedRuntime';
import {openWindows} from './editorWindow';

/** Where pictures go; not under version control. */
export const pictures = join(packageRoot, 'test', 'e2e', 'screenshots');

/** Leaves a picture of every open window in `screenshots/failed/` when a test fails. */
export function pictureFailures(): void {
  beforeEach(({onTestFailed, task}) => {
    onTestFailed(async () => {
      mkdirSync(join(pictures, 'failed'), {recursive: true});
      let number = 0;
      for (const window of openWindows) {
        await window.page.screenshot({path: join(pictures, 'failed', `${task.name.replace(/[^\w-]+/g, ' ').trim()} ${++number}.png`)}).catch(() => undefined);
      }
    });
  });
}
