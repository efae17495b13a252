import { advice, type Advices } from '../advice.ts'

/** Runs that a Job drives. */
export const detachErrors: Advices = {
  'detach-impossible': advice(
    'The run needs something of this machine that a Job in the cluster would not have: a file, a variable, a kubeconfig.',
    'the message says what to put where: detach: { env, kubeconfigs } in deploy.yaml name Secrets, programs go into the image',
    'or release without --detach, and keep the process alive',
  ),
  'detach-image': advice(
    'Nobody has said which image the Job runs.',
    'detach: { image: ghcr.io/acme/deploy@sha256:… } in deploy.yaml, or --detach-image',
  ),
  'detach-forbidden': advice(
    'This identity may not create Jobs.',
    'deploy doctor --rbac prints the Role; or release without --detach',
  ),
  'detach-not-started': advice(
    'The Job did not take the run over in two minutes. It was removed and the run closed; nothing was changed.',
    'the message says what its pod waits for: an image, room, a Secret, a right',
  ),
  'detach-unknown': advice(
    'The Job did not take the run over as far as was seen, and the cluster did not answer when it was to be given up. The Job is there and may drive the run yet.',
    'deploy status says who drives it, deploy watch follows it',
    'where nobody does: deploy resume goes on, deploy abort takes it back',
  ),
}
