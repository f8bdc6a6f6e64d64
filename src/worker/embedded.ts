// Pure JavaScript TensorFlow.js of our own, for scripts whose own copy can't be loaded at all.
export * from '@tensorflow/tfjs';
/** What tfjs-node has on top: there in name, so that an import of it finds the real one where there is one. */
export const node = undefined;
