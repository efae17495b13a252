import type { ExitName } from '../../core/errors.ts'
import { advice, type Advice } from './advice.ts'

/** Every way in which the process ends. */
export const exits: Readonly<Record<ExitName, Advice>> = {
  done: advice('Done, or there was nothing to do and the live version was verified.'),
  bug: advice(
    'Unexpected: a bug in deploy. The stack was printed, and what the run did is kept.',
    'deploy status shows where it stands; deploy resume goes on, deploy abort takes it back',
    'report the text',
  ),
  usage: advice(
    'The command line or the configuration is wrong. Nothing was changed.',
    'the message has the place and what to write',
  ),
  takenBack: advice(
    'The release failed and was taken back; the old version was seen to serve. Of deploy judge: a release with these figures would be.',
    'nothing is urgent; deploy status shows the evidence',
  ),
  humanNeeded: advice(
    'A human is needed now: the way back could not be verified, or a trigger fired past the point of no return.',
    'page somebody; deploy status says what serves and what is left to do',
    'deploy abort tries the way back again',
    'without this tool: the ConfigMap deploy-undo-… has the way back as commands',
  ),
  paused: advice(
    'The run is paused and nobody watches it. Of deploy judge: these figures decide nothing, and a human would have to.',
    'deploy status says why; deploy promote or resume goes on, deploy abort takes it back',
  ),
  notApproved: advice(
    'The environment is protected and this plan was not approved. Nothing was changed.',
    'read the plan, then run the printed command with --approve',
  ),
  locked: advice(
    'A run of this service is open, or another process drives it.',
    'deploy list; then deploy watch, resume or abort',
  ),
  stale: advice('The world moved since the plan was made. Nothing was changed.', 'make a fresh plan'),
  refused: advice(
    'Refused before any change: what was seen stands against a release.',
    'mend what is named, then try again; deploy explain <code> says more',
  ),
  takenBackWithoutVerdict: advice(
    'Taken back without a verdict about the new version: a provider was down, there were no requests, or somebody asked.',
    'the version may be good: mend what was missing and release it again',
  ),
  nodeTooOld: advice('Node.js is too old.', 'install 24.11 or newer, or put it first on PATH'),
  interrupted: advice(
    'Interrupted (Ctrl-C). What was done about requests was said; the run can be resumed.',
    'deploy status, then deploy resume or deploy abort',
  ),
  terminated: advice(
    'Ended by SIGTERM. Requests went back to the old pods first; the run can be resumed.',
    'deploy status, then deploy resume or deploy abort',
  ),
}
