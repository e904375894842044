/** The service worker's global scope, typed (the lib's `self` is any worker's). */
export type Scope = ServiceWorkerGlobalScope;

export const scope = self as unknown as Scope;
