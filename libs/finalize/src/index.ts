export { Finalizer, type FinalizerOptions } from './finalizer.ts';
