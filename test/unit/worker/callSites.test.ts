import {resolve} from 'node:path';
import {describe, expect, test} from 'vitest';
import {userSite, type Frame} from '../../../src/worker/callSites';

const frame = (file: string, line: number, name = ''): Frame => ({file: resolve('/project', file), url: resolve('/project', file), line, column: 3, name});
const layers = frame('node_modules/@tensorflow/tfjs-layers/dist/tf-layers.node.js', 100, 'new Dense');

describe('the user\'s line', () => {
  test('is the innermost outside tfjs', () => {
    expect(userSite([layers, frame('model.js', 7, 'build'), frame('train.js', 20)], ['Dense'])).toMatchObject({file: resolve('/project/model.js'), line: 7});
  });

  test('is not in another package where there is one of the user\'s own', () => {
    expect(userSite([layers, frame('node_modules/zoo/index.js', 3, 'resnet'), frame('train.js', 20)], ['Dense'])).toMatchObject({line: 20});
    expect(userSite([layers, frame('node_modules/zoo/index.js', 3, 'resnet')], ['Dense'])).toMatchObject({line: 3});
  });

  test('of a user-written layer is where it is constructed, not its constructor', () => {
    expect(userSite([layers, frame('gain.js', 4, 'new Gain'), frame('train.js', 9)], ['Gain', 'Layer'])).toMatchObject({line: 9});
  });

  test('in an unmapped bundle lies above the frames of the class and its factory', () => {
    const bundle = [frame('bundle.js', 1, 'new Layer'), frame('bundle.js', 2, 'new Dense2'), frame('bundle.js', 3, 'Object.dense'), frame('bundle.js', 900, 'main')];
    expect(userSite(bundle, ['Dense2', 'Dense', 'Layer'])).toMatchObject({line: 900});
  });

  test('is null where nothing of the user is on the stack', () => {
    expect(userSite([layers], ['Dense'])).toBeNull();
  });
});
