import type {ElementHandle, Frame, Page} from 'playwright-core';
import {eventually} from '../eventually';

/** The page inside a visible webview of an extension: VS Code puts it in a frame of a frame. */
export async function webviewFrame(page: Page, extension: string, nth = 0): Promise<Frame> {
  return await eventually(`a webview of ${extension}`, async () => (await webviewFrames(page, extension))[nth]);
}

/** The pages of all visible webviews of an extension. */
export async function webviewFrames(page: Page, extension: string): Promise<Frame[]> {
  const frames: Frame[] = [];
  for (const outer of page.frames()) {
    if (!outer.url().includes(`extensionId=${extension}`)) continue;
    const owner = await outer.frameElement();
    if (!await owner.isVisible()) continue;
    const inner = await outer.$('iframe#active-frame') as ElementHandle<HTMLIFrameElement> | null;
    const frame = await inner?.contentFrame();
    if (frame != null) frames.push(frame);
  }
  return frames;
}
