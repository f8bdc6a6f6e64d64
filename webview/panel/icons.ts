/** Paths of the icons on a grid of 16 × 16; filled where the name says a state, stroked where it is an action. */
const paths = {
  running: '<circle cx="8" cy="8" r="4.5"/>',
  finished: '<path d="M6.3 12.6 2.4 8.7l1.4-1.4 2.5 2.5 5.9-5.9 1.4 1.4z"/>',
  stopped: '<path d="M4 4h8v8H4z"/>',
  failed: '<path d="m8 6.6 3.1-3.1 1.4 1.4L9.4 8l3.1 3.1-1.4 1.4L8 9.4l-3.1 3.1-1.4-1.4L6.6 8 3.5 4.9l1.4-1.4z"/>',
  error: '<path d="m8 1.8 6.9 12.4H1.1z"/>',
  warning: '<path fill-rule="evenodd" d="m8 1.8 6.9 12.4H1.1zm0 3.6-4.1 7.3h8.2z"/>',
  play: '<path d="M4.5 2.9v10.2L12.8 8z"/>',
  playSing: '<path d="M2.5 3.2v9.6L9.2 8zm9-1.2 1 2.5 2.5 1-2.5 1-1 2.5-1-2.5-2.5-1 2.5-1z"/>',
  compare: '<path d="M2 3h5v10H2zm1.2 1.2v7.6h2.6V4.2zM9 3h5v10H9z"/>',
  stop: '<path d="M3.5 3.5h9v9h-9z"/>',
  rerun: '<path d="M8 2.5a5.5 5.5 0 0 1 4.3 2.1V2.5h1.3v4.4H9.2V5.6h2.2A4.2 4.2 0 1 0 12.2 8h1.3A5.5 5.5 0 1 1 8 2.5z"/>',
  report: '<path d="M3 1.5h7l3 3v10H3zm1.2 1.2v10.6h7.6V5.2H9.3V2.7zM5.8 7h4.4v1.1H5.8zm0 2.4h4.4v1.1H5.8z"/>',
  output: '<path d="M1.5 2.5h13v11h-13zm1.2 1.2v8.6h10.6V3.7zM4.3 5.6l.9-.9L7.9 7.4 5.2 10.1l-.9-.9 1.8-1.8zm3.9 3.6h3.6v1.2H8.2z"/>',
  choose: '<path d="M2 3.2h12v1.2H2zm0 4.2h12v1.2H2zm0 4.2h12v1.2H2z"/>',
  line: '<path d="m5.6 3.6.9.9L3 8l3.5 3.5-.9.9L1.2 8zm4.8 0L14.8 8l-4.4 4.4-.9-.9L13 8 9.5 4.5z"/>',
  copy: '<path d="M5 1.5h8.5v10H11V14H2.5V4H5zm1.2 1.2V4H11v6.3h1.3V2.7zM3.7 5.2v7.6h6.1V5.2z"/>',
  zoomOut: '<path d="M2 7.4h12v1.2H2z"/>',
  zoomIn: '<path d="M7.4 2h1.2v5.4H14v1.2H8.6V14H7.4V8.6H2V7.4h5.4z"/>',
  close: '<path d="m8 7.1 3.6-3.6.9.9L8.9 8l3.6 3.6-.9.9L8 8.9l-3.6 3.6-.9-.9L7.1 8 3.5 4.4l.9-.9z"/>',
  info: '<path fill-rule="evenodd" d="M8 1.5a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13zm0 1.2a5.3 5.3 0 1 0 0 10.6A5.3 5.3 0 0 0 8 2.7zM7.3 7h1.4v4.2H7.3zm0-2.3h1.4v1.4H7.3z"/>',
  pin: '<path d="M5 1.8h6l-.8 4.4 2.3 2.6v1.1H8.6V14H7.4V9.9H3.5V8.8l2.3-2.6z"/>',
} as const;
export type IconName = keyof typeof paths;

/** An icon in the colour of the text beside it; hidden from screen readers, which have that text. */
export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('class', `icon icon-${name}`);
  svg.setAttribute('aria-hidden', 'true');
  svg.innerHTML = paths[name];
  return svg;
}
