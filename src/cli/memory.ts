import { flushCompileCache } from 'node:module'
import { setFlagsFromString } from 'node:v8'

/**
 * A young generation that never grows: a fifth less memory, since a run lives long and is idle most of the time. Not
 * earlier than a run begins: V8 uses no code that was compiled with other flags, its own modules' included. What was
 * compiled so far is saved first, for the flags that it has.
 */
export function useLittleMemory(): void {
  flushCompileCache()
  setFlagsFromString('--semi-space-growth-factor=1')
}
