import { fieldManager } from '../../core/marks.ts'
import type { PatchOp, Write } from '../../ports.ts'
import { pathOf, withQuery } from './paths.ts'
import type { ApiRequest } from './rest.ts'

/** A write as a request. In a dry run the server goes all the way but stores nothing, so it may always be repeated. */
export function requestFor(write: Write, dryRun: boolean): ApiRequest {
  const { object } = write
  const dry = dryRun ? 'All' : undefined
  switch (write.verb) {
    case 'create':
      return {
        about: { verb: 'create', object },
        method: 'POST',
        path: withQuery(pathOf({ kind: object.kind, namespace: object.namespace }), { fieldManager, dryRun: dry }),
        body: write.body,
        repeatable: dryRun,
      }
    case 'patch':
      return {
        about: { verb: 'patch', object },
        method: 'PATCH',
        path: withQuery(pathOf(object), { fieldManager, dryRun: dry }),
        body: write.ops,
        contentType: 'application/json-patch+json',
        repeatable: dryRun || testsFirst(write.ops),
      }
    case 'apply':
      return {
        about: { verb: 'patch', object },
        method: 'PATCH',
        path: withQuery(pathOf(object), { fieldManager, force: true, dryRun: dry }),
        body: write.body,
        // JSON is YAML.
        contentType: 'application/apply-patch+yaml',
        repeatable: true,
      }
    case 'delete':
      return {
        about: { verb: 'delete', object },
        method: 'DELETE',
        path: pathOf(object),
        body: {
          apiVersion: 'v1',
          kind: 'DeleteOptions',
          propagationPolicy: 'Background',
          preconditions: {
            uid: write.uid,
            ...(write.resourceVersion !== undefined && { resourceVersion: write.resourceVersion }),
          },
          ...(dryRun ? { dryRun: ['All'] } : {}),
        },
        repeatable: true,
      }
    default:
      return write satisfies never
  }
}

/** Sent a second time after it took effect, such a patch fails its test instead of doing something else. */
const testsFirst = (ops: readonly PatchOp[]): boolean => ops.some(({ op }) => op === 'test')
