// Pure JavaScript TensorFlow.js of our own, for scripts whose own copy can't be loaded at all.
export * from '@tensorflow/tfjs';
