import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Registry extends AsyncDisposable {
  /** `localhost:41234`. */
  readonly host: string
}

/** An image registry on loopback that has every image that it is asked for, and knows its digest. */
export async function startRegistry(): Promise<Registry> {
  const server = createServer((request, response) => {
    const digest = `sha256:${createHash('sha256')
      .update(request.url ?? '')
      .digest('hex')}`
    const type = 'application/vnd.oci.image.manifest.v1+json'
    response.writeHead(200, { 'docker-content-digest': digest, 'content-type': type }).end()
  })
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  return {
    host: `localhost:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
