import { advice, type Advices } from '../advice.ts'

/** Images and hooks. */
export const imageErrors: Advices = {
  'image-reference': advice('That is no image reference.', 'write it as registry.example.com/team/web:v1.2.3'),
  'image-not-found': advice(
    'The registry was asked and has no image of that tag: every new pod would wait in ImagePullBackOff.',
    'wait until the build has pushed it',
    'check the spelling of the version',
  ),
  'container-missing': advice(
    'No container of the workload has an image of the repository in deploy.yaml, so the release would change nothing.',
    'compare services.<name>.image with: kubectl get deployment/… -o jsonpath={..image}',
  ),
  'hook-not-found': advice(
    'The hook is neither a file beside deploy.yaml nor in PATH.',
    'write ./name for a file; install a program',
  ),
  'hook-not-executable': advice('The hook is a file that may not be run.', 'chmod +x it, and commit that'),
  'hook-not-started': advice(
    'The operating system did not start the hook: often its interpreter is missing.',
    'run it by hand on this machine',
  ),
  'hook-changed': advice(
    'The hook is another file than the one that was planned and approved.',
    'bring it back, or make and approve a new plan',
  ),
  'hook-failed': advice(
    'The hook ended with another code than 0, or ran longer than its timeout. The release goes back, unless it was an after hook.',
    'its output is in the evidence folder of the run: deploy status says where',
  ),
}
