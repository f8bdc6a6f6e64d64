import {Session} from 'node:inspector';

const SINK = '__singscopeHeapSearch';

/**
 * Every object in this thread's heap that has one of the named own methods: how the classes of a
 * tfjs that is bundled into the script are found, since no module exports them. Costs about 0.1 s
 * and a garbage collection, once.
 */
export function findPrototypes(methods: readonly string[]): object[] {
  const session = new Session();
  session.connect();
  try {
    const post = (method: string, parameters: object): Record<string, unknown> => {
      let result: Record<string, unknown> = {};
      // Within one thread the answer comes before `post` returns.
      session.post(method, parameters, (error, answer) => {
        if (error) throw error;
        result = answer as Record<string, unknown>;
      });
      return result;
    };
    const {result} = post('Runtime.evaluate', {expression: 'Object.prototype'}) as {result: {objectId: string}};
    const {objects} = post('Runtime.queryObjects', {prototypeObjectId: result.objectId, objectGroup: SINK}) as {objects: {objectId: string}};
    post('Runtime.callFunctionOn', {
      objectId: objects.objectId,
      arguments: [{value: methods}],
      functionDeclaration: `function (methods) {
        const found = [];
        for (const object of this) {
          try {
            if (methods.some((name) => typeof Object.getOwnPropertyDescriptor(object, name)?.value === 'function')) found.push(object);
          } catch {}
        }
        Object.defineProperty(globalThis, '${SINK}', {value: found, configurable: true});
      }`,
    });
    post('Runtime.releaseObjectGroup', {objectGroup: SINK});
    const scope = globalThis as unknown as Record<string, object[] | undefined>;
    const found = scope[SINK] ?? [];
    Reflect.deleteProperty(globalThis, SINK);
    return found;
  } finally {
    session.disconnect();
  }
}
