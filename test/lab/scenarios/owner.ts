import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LabNamespace } from '../namespace.ts'

/** `kubectl apply --server-side` by whoever owns the manifests. Without `force` a field of somebody else is a conflict. */
export async function ownerApplies(
  namespace: LabNamespace,
  objects: readonly object[],
  { force = false }: { readonly force?: boolean } = {},
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'deploy-owner-'))
  const file = join(folder, 'manifests.json')
  await writeFile(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }))
  const flags = force ? ['--force-conflicts'] : []
  try {
    return await namespace.kubectl('apply', '--server-side', ...flags, '-f', file)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
