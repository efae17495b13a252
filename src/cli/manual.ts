import { clustersOf } from '../config/clusters.ts'
import { DeployError } from '../core/errors.ts'
import { shellWord } from '../core/shell.ts'
import { type Kubectl, manualText, manualWay, unvouched } from '../report/manual.ts'
import { type StoryInput, storyOf } from '../report/outcome.ts'
import type { CommandContext } from './context.ts'
import { type CommonOptions, formOf } from './options.ts'
import { loadFor } from './plan-sites.ts'

/** `deploy status --manual`: from plan and journal alone. Whether somebody outside of the cluster vouches for them is `isProved`. */
export function showManual(
  input: StoryInput & { readonly isProved: boolean },
  options: CommonOptions,
  context: CommandContext,
): void {
  const { stdout, stderr } = context.process.streams
  const { isProved } = input
  const story = storyOf(input)
  const way = manualWay(story, { kubectl: kubectlFor(story.plan.release.environment, options, context), isProved })
  const form = formOf(options)
  if (form !== 'text' && !isProved) stderr.write(`${unvouched}\n`)
  if (form === 'text') stdout.write(manualText(way, { ...story, isProved }))
  else stdout.write(`${JSON.stringify(way, null, form === 'json' ? 2 : 0)}\n`)
}

/** With the contexts of deploy.yaml. Where that can't be read, the way back can all the same. */
function kubectlFor(name: string, { config }: CommonOptions, context: CommandContext): Kubectl {
  try {
    const { config: file, folder } = loadFor(context, config)
    const environment = file.environments[name]
    if (!environment) return byName
    const variables = context.process.env
    const targets = clustersOf({ environment, only: undefined, namespace: undefined, folder, variables })
    return (cluster) => {
      const target = targets.find((one) => one.name === cluster)
      if (!target) return byName(cluster)
      const words = [
        ...(target.kubeconfig === undefined ? [] : [`--kubeconfig=${shellWord(target.kubeconfig)}`]),
        ...(target.context === undefined ? [] : [`--context=${shellWord(target.context)}`]),
      ]
      return ['kubectl', ...words].join(' ')
    }
  } catch (error) {
    if (!(error instanceof DeployError)) throw error
    return byName
  }
}

const byName: Kubectl = (cluster) => `kubectl --context=${shellWord(cluster)}`
