// Stands where the editor stands: carries messages between the page and the preview's server.
(() => {
  const kinds = {Float64Array, Float32Array, Uint32Array, Uint16Array, Uint8Array};
  const decode = (value) => {
    if (Array.isArray(value)) return value.map(decode);
    if (typeof value !== 'object' || value === null) return value;
    if (typeof value.typed === 'string') {
      const bytes = Uint8Array.from(atob(value.bytes), (character) => character.charCodeAt(0));
      return new kinds[value.typed](bytes.buffer);
    }
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, decode(item)]));
  };
  const events = new EventSource('/messages');
  events.onmessage = ({data}) => { window.dispatchEvent(new MessageEvent('message', {data: decode(JSON.parse(data))})); };
  // One after the other, so that they arrive in order; the first waits for the way back.
  let last = new Promise((open) => { events.onopen = open; });
  window.acquireVsCodeApi = () => ({
    postMessage: (message) => { last = last.then(() => fetch('/messages', {method: 'POST', body: JSON.stringify(message)})); },
    getState: () => JSON.parse(sessionStorage.getItem('state') ?? 'null'),
    setState: (state) => { sessionStorage.setItem('state', JSON.stringify(state)); },
  });
})();
