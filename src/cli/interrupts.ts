/** Calls back at each Ctrl-C or SIGTERM until it is released. */
export function onInterrupt(callback: () => void): () => void {
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const name of signals) process.on(name, callback);
  return () => {
    for (const name of signals) process.off(name, callback);
  };
}
