import type { JsonObject } from './json.ts'
import type { Ref } from './kinds.ts'

/** One operation of a JSON Patch (RFC 6902), of those that we send. */
export type PatchOp =
  | { readonly op: 'test' | 'add' | 'replace'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string }

/** A mutation as it goes over the wire. */
export type Write =
  | { readonly verb: 'patch'; readonly object: Ref; readonly ops: readonly PatchOp[] }
  | { readonly verb: 'create'; readonly object: Ref; readonly body: JsonObject }
  /** Server-side apply, forced: only for objects that are ours alone. */
  | { readonly verb: 'apply'; readonly object: Ref; readonly body: JsonObject }
  /** Of this very object, and (with a resourceVersion) only as it was seen: what was written since is looked at first. */
  | { readonly verb: 'delete'; readonly object: Ref; readonly uid: string; readonly resourceVersion?: string }
