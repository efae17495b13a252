/**
 * The life of a pod, as KWOK plays it. The image tag of the first container says how the pod behaves
 * (`registry.lab/web:2.0.0-slow9`), and so does the annotation `lab.test/fault` (`"slow9 die8"`):
 *
 *     slowN     ready N seconds after its start          noready   never ready
 *     crashN    dies after 2 s with exit code N (1)      oom       the same, OOMKilled
 *     dieN      becomes ready, dies N s after its start  nopull    the image cannot be pulled
 *     runN      pods of a Job: done after N seconds
 *
 * `errN`, `latN` and `hang` are the pod server's business. Annotation `lab.test/unready: "true"` takes readiness away
 * from a live pod; `lab.test/backoff-base` shortens the ten seconds before a first restart.
 *
 * Two stages that match the same pod are a random choice, so the selectors exclude each other.
 */
import type { Delay, Match, Stage, Step } from './stage.ts'

// jq on the pod
const container = '.status.containerStatuses[0]'
const startedAt = `(${container}.state.running.startedAt | fromdateiso8601)`
const isReady = '(.status.conditions | any(.type == "Ready" and .status == "True"))'
const faults = '.spec.containers[0].image + " " + (.metadata.annotations["lab.test/fault"] // "")'
const fault = (token: string) => `(${faults} | test("(:[^/ ]*-| )(${token})([- ]|$)"))`
const faultNumber = (token: string) => `(${faults} | capture("(:[^/ ]*-| )${token}(?<n>[0-9]+)") | .n | tonumber)`
const isJob = '.metadata.ownerReferences // [] | any(.kind == "Job")'
const unready = '.metadata.annotations["lab.test/unready"]'
const afterStart = (seconds: string) => `. as $p | (${seconds}) as $n | ($p | ${startedAt}) + $n | todate`
const afterBackOff =
  `. as $p | ${container} | select(.state.waiting.reason == "CrashLoopBackOff") | ` +
  '(.lastState.terminated.finishedAt | fromdateiso8601) + ' +
  '([($p.metadata.annotations["lab.test/backoff-base"] // "10" | tonumber) * pow(2; .restartCount - 1), 300] | min) | todate'

// selectors
const is = (key: string, ...values: string[]): Match => ({
  key,
  operator: 'In',
  values: values.length ? values : ['true'],
})
const not = (key: string): Match => ({ key, operator: 'NotIn', values: ['true'] })
const has = (key: string): Match => ({ key, operator: 'Exists' })
const no = (key: string): Match => ({ key, operator: 'DoesNotExist' })
const live = no('.metadata.deletionTimestamp')
const running = has(`${container}.state.running.startedAt`)
const phase = (value: string) => is('.status.phase', value)

// steps
const patch = (template: string): Step => ({ patch: { subresource: 'status', root: 'status', template } })
const event = (type: 'Normal' | 'Warning', reason: string, message: string): Step => ({
  event: { type, reason, message },
})
const between = (from: number, to: number): Delay => ({ durationMilliseconds: from, jitterDurationMilliseconds: to })
/** Without a jitter: one of 0 is below the duration, and so would be taken instead of it. */
const at = (otherwise: number, moment: string): Delay => ({
  durationMilliseconds: otherwise,
  durationFrom: { expressionFrom: moment },
})

// Go templates of the status
const containerNames = '{{ range $i, $c := .spec.containers }}{{ if $i }} {{ end }}{{ $c.name }}{{ end }}'
/** Ready=False; its time moves only when it really changes, as with a kubelet. */
const notReady = `
{{ $t := Now }}{{ range .status.conditions }}{{ if and (eq .type "Ready") (eq .status "False") }}{{ $t = .lastTransitionTime }}{{ end }}{{ end }}
conditions:
- {type: Ready, status: "False", reason: ContainersNotReady, message: 'containers with unready status: [${containerNames}]', lastTransitionTime: {{ $t | Quote }}}
- {type: ContainersReady, status: "False", reason: ContainersNotReady, message: 'containers with unready status: [${containerNames}]', lastTransitionTime: {{ $t | Quote }}}`
/** Statuses of all containers: the first one becomes `first`, the others stay, or become `rest`. */
const containers = (first: string, rest = '$c') => `
containerStatuses:
{{ range $i, $c := .status.containerStatuses }}{{ if eq $i 0 }}
- ${first}
{{ else }}
- {{ toJson ${rest} }}
{{ end }}{{ end }}`
const allContainers = (ready: boolean) => `
containerStatuses:
{{ range .status.containerStatuses }}
- {{ toJson (set . "ready" ${ready}) }}
{{ end }}`
const identity =
  'image: {{ $c.image | Quote }}, imageID: {{ or $c.imageID "" | Quote }}, containerID: {{ or $c.containerID "" | Quote }}, name: {{ $c.name | Quote }}, ready: false, started: false'
/** Sets $now, $oom, $bad and $code, by the fault tokens. */
const exit =
  '{{ $now := Now }}' +
  '{{ $f := printf "%s %s" (index .spec.containers 0).image (or (index (or .metadata.annotations dict) "lab.test/fault") "") }}' +
  '{{ $oom := regexMatch "(:[^/ ]*-| )oom([- ]|$)" $f }}' +
  '{{ $bad := or $oom (regexMatch "(:[^/ ]*-| )crash[0-9]*([- ]|$)" $f) }}' +
  '{{ $code := regexReplaceAll "^.*crash" (or (regexFind "(:[^/ ]*-| )crash[0-9]+" $f) "crash1") "" }}' +
  '{{ if $oom }}{{ $code = "137" }}{{ end }}'
const notFound =
  'rpc error: code = NotFound desc = failed to pull and unpack image %q: failed to resolve reference %q: %s: not found'

const stages: Stage[] = []

function stage(name: string, matchExpressions: readonly Match[], delay: Delay | undefined, ...steps: Step[]): void {
  stages.push({
    apiVersion: 'kwok.x-k8s.io/v1alpha1',
    kind: 'Stage',
    metadata: { name },
    spec: {
      resourceRef: { apiGroup: 'v1', kind: 'Pod' },
      selector: { matchExpressions },
      ...(delay && { delay }),
      steps,
    },
  })
}

stage(
  'pod-create',
  [live, no('.status.containerStatuses'), phase('Pending')],
  between(100, 300),
  patch(`{{ $now := Now }}${notReady}
- {type: PodReadyToStartContainers, status: "False", lastTransitionTime: {{ $now | Quote }}}
- {type: Initialized, status: "True", lastTransitionTime: {{ $now | Quote }}}
{{ if .spec.initContainers }}
initContainerStatuses:
{{ range .spec.initContainers }}
- {image: {{ .image | Quote }}, imageID: "", name: {{ .name | Quote }}, ready: true, restartCount: 0, state: {terminated: {exitCode: 0, reason: Completed, startedAt: {{ $now | Quote }}, finishedAt: {{ $now | Quote }}}}}
{{ end }}{{ end }}
containerStatuses:
{{ range .spec.containers }}
- {image: {{ .image | Quote }}, imageID: "", name: {{ .name | Quote }}, ready: false, started: false, restartCount: 0, state: {waiting: {reason: ContainerCreating}}}
{{ end }}
hostIP: {{ NodeIPWith .spec.nodeName | Quote }}
phase: Pending
startTime: {{ $now | Quote }}`),
)

// The first start, and restarts: 10 s * 2^(n-1) after the death, at most 300 s.
// PodIPWith hands out a new address at each call, so a pod keeps the one that it has.
stage(
  'pod-run',
  [live, is(`${container}.state.waiting.reason`, 'ContainerCreating', 'CrashLoopBackOff'), not(fault('nopull'))],
  {
    ...between(300, 800),
    durationFrom: { expressionFrom: afterBackOff },
    jitterDurationFrom: { expressionFrom: afterBackOff },
  },
  event('Normal', 'Pulled', 'Container image already present on machine'),
  patch(`{{ $now := Now }}{{ $old := .status.containerStatuses }}
conditions:
- {type: PodReadyToStartContainers, status: "True", lastTransitionTime: {{ $now | Quote }}}
containerStatuses:
{{ range $i, $c := .spec.containers }}{{ $o := index $old $i }}
- {image: {{ $c.image | Quote }}, imageID: {{ printf "%s@sha256:%s" (regexReplaceAll ":[^/]*$" $c.image "") (sha256sum $c.image) | Quote }}, containerID: {{ printf "containerd://%s" (sha256sum (printf "%s%s%s" $.metadata.uid $c.name $now)) | Quote }}, name: {{ $c.name | Quote }}, ready: false, started: true, restartCount: {{ or $o.restartCount 0 }}, lastState: {{ toJson (or $o.lastState dict) }}, state: {running: {startedAt: {{ $now | Quote }}}}}
{{ end }}
{{ $ip := .status.podIP }}{{ if not $ip }}{{ $ip = PodIPWith .spec.nodeName (or .spec.hostNetwork false) (or .metadata.uid "") (or .metadata.name "") (or .metadata.namespace "") }}{{ end }}
podIP: {{ $ip | Quote }}
podIPs: [{ip: {{ $ip | Quote }}}]
phase: Running`),
  event('Normal', 'Started', 'Container started'),
)

// Ready at a moment counted from the start, so that an edit of the pod does not begin the wait again.
stage(
  'pod-ready',
  [live, phase('Running'), not(isJob), running, not(isReady), not(unready), not(fault('noready|crash[0-9]*|oom'))],
  at(1000, afterStart(`${faultNumber('slow')} // .spec.containers[0].readinessProbe.initialDelaySeconds // 1`)),
  patch(`{{ $now := Now }}
conditions:
- {type: Ready, status: "True", reason: null, message: null, lastTransitionTime: {{ $now | Quote }}}
- {type: ContainersReady, status: "True", reason: null, message: null, lastTransitionTime: {{ $now | Quote }}}
{{ range .spec.readinessGates }}
- {type: {{ .conditionType | Quote }}, status: "True", lastTransitionTime: {{ $now | Quote }}}
{{ end }}${allContainers(true)}`),
)

stage(
  'pod-unready',
  [live, is(unready), is(isReady)],
  undefined,
  event('Warning', 'Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 503'),
  patch(`${notReady}${allContainers(false)}`),
)

stage(
  'pod-crash',
  [live, not(isJob), running, is(`${fault('crash[0-9]*|oom')} or (${fault('die[0-9]+')} and ${isReady})`)],
  at(2000, afterStart(`${faultNumber('die')} // 2`)),
  patch(
    exit +
      notReady +
      containers(
        `{${identity}, restartCount: {{ $c.restartCount }}, lastState: {{ toJson (or $c.lastState dict) }}, state: {terminated: {exitCode: {{ $code }}, reason: {{ if $oom }}OOMKilled{{ else }}Error{{ end }}, startedAt: {{ $c.state.running.startedAt | Quote }}, finishedAt: {{ $now | Quote }}, containerID: {{ or $c.containerID "" | Quote }}}}}`,
        '(set $c "ready" true)',
      ),
  ),
)

stage(
  'pod-backoff',
  [live, not(isJob), phase('Running'), has(`${container}.state.terminated.finishedAt`)],
  { durationMilliseconds: 1000 },
  event('Warning', 'BackOff', 'Back-off restarting failed container'),
  patch(
    `{{ $m := .metadata }}${containers(
      '{{ $n := add1 (int $c.restartCount) }}{{ $b := int (or (index (or $m.annotations dict) "lab.test/backoff-base") "10") }}{{ range until (sub $n 1 | int) }}{{ $b = min (mul $b 2) 300 }}{{ end }}' +
        `{${identity}, restartCount: {{ $n }}, lastState: {terminated: {{ toJson $c.state.terminated }}}, state: {waiting: {reason: CrashLoopBackOff, message: {{ printf "back-off %ds restarting failed container=%s pod=%s_%s(%s)" $b $c.name $m.name $m.namespace $m.uid | Quote }}}}}`,
    )}`,
  ),
)

// ErrImagePull, 2 s later ImagePullBackOff, 15 s later again.
// The message of a KWOK event is a fixed text, so the one that names the image is an Event object that is applied.
stage(
  'pod-err-image-pull',
  [live, is(`${container}.state.waiting.reason`, 'ContainerCreating', 'ImagePullBackOff'), is(fault('nopull'))],
  at(1000, `if ${container}.state.waiting.reason == "ImagePullBackOff" then "15s" else "1s" end`),
  {
    apply: {
      template: `{{ $c := index .spec.containers 0 }}
apiVersion: v1
kind: Event
metadata: {name: {{ printf "%s.pullfailed" .metadata.name | Quote }}, namespace: {{ .metadata.namespace | Quote }}}
involvedObject: {apiVersion: v1, kind: Pod, name: {{ .metadata.name | Quote }}, namespace: {{ .metadata.namespace | Quote }}, uid: {{ .metadata.uid | Quote }}, fieldPath: {{ printf "spec.containers{%s}" $c.name | Quote }}}
type: Warning
reason: Failed
message: {{ printf "Failed to pull image %q: ${notFound}" $c.image $c.image $c.image $c.image | Quote }}
source: {component: kubelet, host: {{ .spec.nodeName | Quote }}}
firstTimestamp: {{ .metadata.creationTimestamp | Quote }}
lastTimestamp: {{ now | date "2006-01-02T15:04:05Z07:00" | Quote }}
count: 1`,
    },
  },
  patch(
    containers(
      `{${identity}, restartCount: 0, state: {waiting: {reason: ErrImagePull, message: {{ printf "${notFound}" $c.image $c.image $c.image | Quote }}}}}`,
    ),
  ),
)

stage(
  'pod-image-pull-backoff',
  [live, is(`${container}.state.waiting.reason`, 'ErrImagePull')],
  { durationMilliseconds: 2000 },
  event('Warning', 'Failed', 'Error: ImagePullBackOff'),
  patch(
    containers(
      `{${identity}, restartCount: 0, state: {waiting: {reason: ImagePullBackOff, message: {{ printf "Back-off pulling image %q: ErrImagePull: ${notFound}" $c.image $c.image $c.image $c.image | Quote }}}}}`,
    ),
  ),
)

const jobCondition = (type: string) =>
  `- {type: ${type}, status: "False", reason: {{ if $bad }}PodFailed{{ else }}PodCompleted{{ end }}, lastTransitionTime: {{ $now | Quote }}}`
stage(
  'pod-job-done',
  [live, is(isJob), phase('Running')],
  at(1000, afterStart(`${faultNumber('run')} // 1`)),
  patch(`${exit}
containerStatuses:
{{ range $c := .status.containerStatuses }}
- {${identity}, restartCount: 0, state: {terminated: {exitCode: {{ if $bad }}{{ $code }}{{ else }}0{{ end }}, reason: {{ if $oom }}OOMKilled{{ else if $bad }}Error{{ else }}Completed{{ end }}, startedAt: {{ $c.state.running.startedAt | Quote }}, finishedAt: {{ $now | Quote }}}}}
{{ end }}
conditions:
${jobCondition('Ready')}
${jobCondition('ContainersReady')}
phase: {{ if $bad }}Failed{{ else }}Succeeded{{ end }}`),
)

// Long enough for the data plane to forget the pod first, as a preStop sleep is elsewhere. Two seconds are enough on
// an idle machine; Traefik, starved of CPU, was seen to need more than four.
stage(
  'pod-delete',
  [has('.metadata.deletionTimestamp')],
  between(7000, 8500),
  event('Normal', 'Killing', 'Stopping container'),
  { delete: true },
)

export const podStages: readonly Stage[] = stages
