import { isRepository, referenceOf } from '../../config/image.ts'
import { DeployError } from '../../core/errors.ts'
import type { Container, Deployment, Service } from '../../core/objects.ts'
import { all, matches, type View } from '../../core/view.ts'
import { routers } from '../../routers/index.ts'

/** What one Deployment looks like to a release. */
export interface Found {
  readonly deployment: string
  readonly namespace: string
  readonly image: string
  /** Of the image that runs now, as people call it. */
  readonly version: string
  /** Repositories of the other containers. */
  readonly otherImages: readonly string[]
  /** Services that send to its pods, the one that users are sent through first. */
  readonly services: readonly string[]
  /** Routes that send to that Service. */
  readonly routes: readonly string[]
  readonly scrape: Scrape | null
}

/** The prometheus.io annotations of the pod template. */
export interface Scrape {
  readonly port?: string
  readonly path?: string
  readonly scheme?: string
}

/** Reads a Deployment and what stands around it. */
export function foundAround(view: View, deployment: Deployment): Found {
  const { template } = deployment.spec
  const { name } = deployment.metadata
  const services = servicesOf(view, deployment)
  const [main, ...others] = containersOf(deployment, services)
  if (!main) throw new Error(`deployment ${name} has no container`)
  const reference = referenceOf(main.image)
  if (!reference || !isRepository(reference.repository))
    throw new DeployError({
      code: 'image-reference',
      what: `container ${main.name} of deployment ${name} runs ${main.image}, which is not an image reference`,
      remedy: 'write deploy.yaml by hand: deploy explain services.<name>.image',
    })
  const routed = services
    .map(({ metadata }) => ({ service: metadata.name, routes: routesTo(view, metadata.name) }))
    .toSorted((a, b) => b.routes.length - a.routes.length)
  return {
    deployment: name,
    namespace: view.namespace,
    image: reference.repository,
    version: reference.tag ?? reference.digest ?? 'latest',
    otherImages: others.map(({ image }) => referenceOf(image)?.repository ?? image),
    services: routed.map(({ service }) => service),
    routes: routed[0]?.routes ?? [],
    scrape: scrapeOf(template.metadata?.annotations ?? {}),
  }
}

/** That of its own name first. */
function servicesOf(view: View, { metadata, spec }: Deployment): Service[] {
  const labels = spec.template.metadata?.labels ?? {}
  const own = ({ metadata: { name } }: Service): number => (name === metadata.name ? 0 : 1)
  return all(view, 'Service')
    .filter(
      ({ spec: { selector = {} } }) => Object.keys(selector).length > 0 && matches({ matchLabels: selector }, labels),
    )
    .toSorted((a, b) => own(a) - own(b) || a.metadata.name.localeCompare(b.metadata.name))
}

/** The container that requests go to first: by the port of the Service, else by its name, else the first. */
function containersOf({ metadata, spec }: Deployment, [service]: readonly Service[]): Container[] {
  const ports = (service?.spec.ports ?? []).map(({ port, targetPort }) => targetPort ?? port)
  const rank = ({ name, ports: own = [] }: Container): number => {
    if (own.some((one) => ports.includes(one.containerPort) || (one.name !== undefined && ports.includes(one.name))))
      return 0
    return name === metadata.name ? 1 : 2
  }
  return spec.template.spec.containers.toSorted((a, b) => rank(a) - rank(b))
}

/** Names of the routes that the routers find for a Service. */
function routesTo(view: View, service: string): string[] {
  const weighted = routers.find(({ resolution }) => resolution === 'weights')
  if (!weighted) return []
  const routes = (['HTTPRoute', 'GRPCRoute'] as const).flatMap((kind) => all(view, kind))
  return routes
    .filter((route) => {
      const alone = new Map([...view.objects].filter(([, one]) => one === route || one.kind === 'Service'))
      return weighted.find({ ...view, objects: alone }, service, undefined) !== null
    })
    .map(({ metadata }) => metadata.name)
}

function scrapeOf(annotations: Readonly<Record<string, string>>): Scrape | null {
  if (annotations['prometheus.io/scrape'] !== 'true') return null
  const { 'prometheus.io/port': port, 'prometheus.io/path': path, 'prometheus.io/scheme': scheme } = annotations
  return {
    ...(port !== undefined && { port }),
    ...(path !== undefined && { path }),
    ...(scheme !== undefined && { scheme }),
  }
}
