import { advice, type Advices } from '../advice.ts'

/** What stands against a release of this workload, found before anything is changed. */
export const workloadErrors: Advices = {
  'workload-missing': advice(
    'The Deployment or StatefulSet is not in that namespace. A first release has nothing to go back to.',
    'check workload:, namespace and context: deploy explain config',
    'create it once by kubectl apply; release from then on',
  ),
  daemonset: advice(
    'A DaemonSet has one pod on each node: there is no second set that could be judged.',
    'roll it by kubectl with maxUnavailable: 1',
  ),
  'stable-unknown': advice(
    'It is not known which pods serve now: the controller has not looked at the last edit, or its set has no hash.',
    'wait some seconds and try again',
    'look at kube-controller-manager when it stays so',
  ),
  'stable-missing': advice(
    'The Deployment asks for pods and has none: nothing serves, so there is nothing to compare with.',
    'kubectl describe deployment/… says why',
    'when the new version is the cure: --emergency --reason …',
  ),
  'two-live-sets': advice(
    'Two versions have pods: a roll-out is under way or stuck. Which of them is the good one is not ours to guess.',
    'let it end: kubectl rollout status, or take it back: kubectl rollout undo',
    'when the new version is the cure: --emergency --reason …',
  ),
  'roll-out-waiting': advice(
    'The template was edited and no pod of it was made yet; the way back would bring a version that never served.',
    'kubectl rollout status, then try again',
  ),
  'stable-unhealthy': advice(
    'Pods that serve now are not ready. A release is judged against them and goes back to them.',
    'mend them first: kubectl describe pod/…',
    'when the new version is the cure: --emergency --reason …',
  ),
  'live-unhealthy': advice(
    'The version asked for is live already, and not healthy.',
    'look at its pods; to go back: deploy rollback',
  ),
  'operator-owned': advice(
    'An operator makes this workload and writes its template back at any time.',
    'change the version in the object of that operator',
  ),
  owner: advice(
    'Helm, Argo CD, Flux, Terraform or another tool set these fields and will set them again when it runs.',
    'write the new version there, too, with an after hook; else the next sync brings the old one back',
  ),
  'self-heal': advice(
    'A tool puts its own values back by itself, and would do so in the middle of the release.',
    'let it ignore the fields that are named, or stop its self-healing while the release runs',
  ),
  paused: advice(
    'Somebody paused the roll-outs of this Deployment.',
    'ask who; then kubectl rollout resume deployment/…',
    'when a killed run did it: deploy list, then deploy resume or abort',
  ),
  'no-replicas': advice('The workload is scaled to 0: nothing would run, so nothing could be judged.', 'scale it to 1'),
  'brake-left': advice(
    'minReadySeconds is the brake of a run that is no longer open. Under it no pod ever counts as available.',
    'take it off with the patch in the message',
    'where the journal is lost: kubectl get configmap/deploy-undo-… has the way back as commands',
  ),
  'min-ready-long': advice(
    'minReadySeconds is so long that every stage waits for it.',
    'lower it: the soak of a stage watches pods, too',
  ),
  'history-short': advice(
    'revisionHistoryLimit is so low that the set to go back to may be deleted.',
    'set it to 2 or more',
  ),
  recreate: advice(
    'Strategy Recreate says that two versions must not run side by side.',
    'if they may: set strategy RollingUpdate; else release it in a maintenance window by kubectl',
  ),
  'statefulset-rolling-only': advice(
    'A StatefulSet has one pod for each name and volume, so there is no second set beside it.',
    'deploy rolling <version>',
  ),
  'on-delete': advice('updateStrategy OnDelete replaces no pod by itself.', 'set RollingUpdate for the release'),
  'partition-set': advice(
    'A partition keeps the lower ordinals on the old version.',
    'set it to 0 with the patch in the message',
  ),
  'template-selector': advice(
    'The new template lacks labels that the selector of the workload asks for.',
    'add them to spec.template.metadata.labels of the manifest',
  ),
  'release-label-taken': advice(
    'The selector of the workload names the label deploy/release, which every release sets anew.',
    'make the workload anew without it',
  ),
  'spread-counts-both': advice(
    'topologySpreadConstraints count old and new pods together.',
    'add matchLabelKeys: [pod-template-hash] to them',
  ),
  'volume-read-write-once': advice(
    'The pods mount a claim that one node only may mount: new pods elsewhere would wait for ever.',
    'use a volume that may be shared, or a StatefulSet',
  ),
  'tag-left': advice(
    'The stable ReplicaSet still has the tag of a run that is over; its Deployment would make another set instead of it.',
    'take it off with the patch in the message',
  ),
}
