import { advice, type Advices } from '../advice.ts'

/** Plans, approvals, runs and their journals. */
export const runErrors: Advices = {
  bug: advice(
    'Something happened that nobody thought of. It is not a mistake of yours; the stack was printed.',
    'what the run has done is in its journal: deploy status',
    'take it back or go on: deploy abort, deploy resume',
    'report the text',
  ),
  'plan-unwritable': advice('The plan could not be saved.', 'name a file that you may write: --out plan.json'),
  'rehearsal-unwritable': advice(
    'The page of a rehearsal could not be saved.',
    'name a file that you may write: --html rehearsal.html',
  ),
  'plan-unusable': advice(
    'The plan file was cut off, edited, or made by another minor version of the tool.',
    'make it again: deploy plan <strategy> <version> --out plan.json',
  ),
  'plan-empty': advice('The plan has nothing to do.', 'make it again: deploy plan …'),
  'plan-stale': advice(
    'The cluster, the configuration or a hook is no longer as it was when the plan was made. What was approved is not what would happen.',
    'make a fresh plan, read the difference, have it approved',
  ),
  'not-approved': advice(
    'The environment is protected, and nobody has approved this plan by typing the service or by its hash.',
    'read the plan, then run the printed command with --approve',
    'another hash than the approved one: the world moved, read the plan again',
  ),
  'run-open': advice(
    'A run holds this service: its token is on the objects. Two releases at once would take each other back.',
    'see where it stands: deploy list, deploy status',
    'end it, from any machine: deploy resume, deploy promote or deploy abort; or wait for its end: --wait',
    'where the journal is lost: kubectl get configmap/deploy-undo-… has the way back as commands',
  ),
  locked: advice(
    'A run is open on this workload, or another process drives it: the Lease deploy-<workload> says which, who and where. Two drivers would take each other back.',
    'do what the message says: watch it, ask its driver for pause or abort, or go on with it where nobody drives it',
    'release when it is over: --wait',
    'a driver that is gone for good, on another machine: deploy lock break --reason …, then deploy resume or deploy abort',
  ),
  'ask-refused': advice(
    'The run can not do now what was asked: it is at another stage, or nothing failed. Nothing was done.',
    'see where it stands: deploy status',
    'ask again with what it shows',
  ),
  'lock-free': advice(
    'There is no lock to break: nobody drives such a run.',
    'see all locks: deploy lock status',
    'an open run that nobody drives needs no breaking: deploy resume, deploy abort',
  ),
  'lock-alive': advice(
    'The driver of the run was seen to renew its lock, so it lives.',
    'tell it to stop: deploy pause, deploy abort',
    'take the lock all the same: --force; that driver ends with exit 8, and the run stays open',
  ),
  'lock-changed': advice(
    'Between looking at the lock and breaking it somebody else took it, or its driver let go of it. The message says which locks were broken before.',
    'see who drives the run now: deploy lock status',
    'break it once more, if that is still to be done: deploy lock break',
  ),
  'home-unreachable': advice(
    'The cluster that is the home of the run does not answer: its driver is asked there, and nothing goes forward that the home does not know of.',
    'try again when that cluster answers',
    'take the run back without it, from a machine that has the run or its plan: deploy abort',
    'print the way back as kubectl commands: deploy status --manual',
  ),
  'lease-foreign': advice(
    'There is a Lease by the name under which deploy locks this workload, and somebody else made it.',
    'find out who needs it: kubectl get lease deploy-… -o yaml --show-managed-fields',
    'delete it when nobody does',
  ),
  'lease-forbidden': advice(
    'Whoever drives a run holds a Lease for each workload, and this identity may not.',
    'add the rule that the message has to its Role; deploy doctor --rbac prints whole ones',
  ),
  'run-unclear': advice('No run, or several, could be meant.', 'deploy list shows them; name one'),
  'run-not-found': advice(
    'There is no run of that id beside this deploy.yaml.',
    'deploy list shows those that there are; runs are kept in .deploy/runs',
  ),
  'run-other-place': advice(
    'The run that was named is of another environment or cluster than the one that was said, by flag or by variable.',
    'deploy list shows which runs there are; if this one is meant, say its own: -e NAME, --cluster NAME',
  ),
  'run-id': advice('That is not the id of a run.', 'take it from: deploy list'),
  'run-exists': advice('A run of that id is there already.', 'start the release again: each run gets its own id'),
  'run-lost': advice(
    'Another driver has gone on with this run: it writes the journal in the home cluster now, and this one stops.',
    'see what it does: deploy status, deploy watch',
  ),
  'plan-untrusted': advice(
    'The plan of the run is known from a cluster only, and nobody outside of it vouches for it; or its hash is not the one that was named.',
    'name the hash that the release was approved or begun with: --plan-hash HASH, or the saved plan: --plan FILE',
    'take the release back without it: deploy abort runs built-in steps only, each of them checked',
    'go on from the machine that began the run: its folder is proof enough',
  ),
  'journal-unwritable': advice(
    'The run could not be kept in its home cluster, so it was not begun: nothing was changed.',
    'deploy doctor --rbac prints the rights that are needed: configmaps get, list, create, patch, delete',
    'a quota of the namespace may be used up: kubectl describe quota',
  ),
  'journal-forked': advice(
    'Two copies of the journal say different things: another machine went on with the run before the last lines of this one had reached the cluster.',
    'the message has the command: the folder is kept as evidence, and the cluster’s copy goes on',
  ),
  'run-closed': advice(
    'The run is over: nothing of it can be resumed or taken back. Locks that its driver had left are let go.',
    'to go back: deploy rollback',
  ),
  'run-unreadable': advice(
    'The folder of a run is not whole: it was cut off while it was made, or somebody changed it.',
    'without a journal.ndjson in it nothing was done to a cluster',
  ),
  'journal-unreachable': advice(
    'The home cluster, which keeps the copy of the journal, does not answer. Nothing goes forward that it does not know of; the way back does not wait for it.',
    'nothing to do, if it is back soon: the step is tried again until the deadline of its stage',
    'deploy doctor looks at its API server',
  ),
  'lease-stale': advice(
    'The Lease of the unit could not be renewed for a while. Nothing forward is begun until it is: another driver may be about to take over.',
    'nothing to do, if the API server is back soon: the step is tried again',
  ),
  turned: advice(
    'The step waited, and the unit went back, or the driver was told to leave, before it was sent.',
    'nothing to do: it was not sent',
  ),
  'taken-over': advice(
    'A later driver of this run has put its token on the object. This one has stopped (exit 8) and has written nothing since.',
    'follow the other: deploy watch',
  ),
  'journal-locked': advice(
    'Another process drives this run now.',
    'watch it: deploy watch',
    'when its machine is surely gone: the message has the command',
  ),
  'journal-corrupt': advice(
    'An entry of the journal does not fit the one before it. A crash costs only the last line, so this was changed afterwards.',
    'bring the file back from a backup',
    'without one keep it as evidence and mend the service by the ConfigMap deploy-undo-…',
  ),
  'journal-plan': advice('The plan beside the journal is not the one that it was begun with.', 'bring it back'),
  'journal-newer': advice('A newer version of deploy wrote this journal.', 'use that version'),
  'journal-changed': advice(
    'Somebody else wrote the journal of a run while it was driven or read.',
    'find out who, then: deploy resume',
    'or take it back from another machine: deploy abort RUN --plan-hash HASH',
  ),
  'rollback-kind': advice(
    'Earlier versions are known of Deployments only.',
    'release the earlier one by name: deploy rolling <version>',
  ),
  'rollback-nothing': advice(
    'No earlier version of the Deployment was kept.',
    'name the version: deploy rolling <version>',
    'keep more: revisionHistoryLimit',
  ),
  'rollback-unclear': advice(
    'The clusters had different versions before.',
    'name the version, or one cluster: --cluster',
  ),
  drift: advice(
    'A step was refused since somebody changed a field that it rests on. The run pauses.',
    'deploy status says who and what',
    'go on over it: deploy resume; or take the release back: deploy abort',
  ),
  impossible: advice(
    'A step was refused since the object is gone or can not be changed that way any more.',
    'deploy status says which; mend it, then deploy resume, or deploy abort',
  ),
  'workload-unclear': advice(
    'Several Deployments could be meant, or none is there.',
    'name one: deploy init <deployment> -n <namespace>',
  ),
}
