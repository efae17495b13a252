/**
 * A name for the environment that a kubeconfig context leads to. Clouds make long ones: `arn:aws:eks:…:cluster/prod`,
 * `gke_project_zone_prod`.
 */
export function environmentName(context: string): string {
  const last = context.split(/[/@:]/).at(-1) ?? context
  const short = last.startsWith('gke_') ? (last.split('_').at(-1) ?? last) : last
  const plain = short
    .replaceAll(/[^\w.-]/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 63)
  return plain === '' ? 'default' : plain
}
