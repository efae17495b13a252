/** A word of the product. */
export interface Word {
  readonly means: string
  readonly see?: readonly string[]
}

const word = (means: string, ...see: readonly string[]): Word => ({ means, ...(see.length > 0 && { see }) })

/** The words that plans, screens and messages use. */
export const words: Readonly<Record<string, Word>> = {
  release: word('Taking a service from one version to another, by a plan.', 'plan', 'run'),
  plan: word(
    'Everything that a release would do, as a value: every change to every object, what proves it, the gates between, and the way back. It is printed, saved, approved by its hash, and exactly it is run.',
    'wave',
    'hash',
    'approve',
  ),
  wave: word('Units of a plan that may run side by side. Waves run in order.', 'unit', 'parallel'),
  unit: word('One service in one cluster, like web@us-east-1: what goes forward or back as a whole.', 'stage'),
  stage: word(
    'Steps, then a soak, then gates. The next stage begins when every gate has passed.',
    'step',
    'gate',
    'soak',
  ),
  step: word('One action, with what proves that it took hold and a deadline.', 'receipt', 'way back'),
  gate: word(
    'What must hold before the next stage. It answers pass, fail, pending or inconclusive; no data is never a pass.',
    'verdict',
    'health',
  ),
  verdict: word('What a gate answers, with the evidence for it.', 'evidence'),
  evidence: word('What a verdict rests on: pods, events, log lines, figures. Kept beside the journal.', 'journal'),
  health: word(
    'The new pods are watched all the time: crashes, restarts, failed probes, images that can not be pulled, pods that find no node. A failure that the new version caused takes the release back.',
  ),
  trigger: word(
    'A standing alarm, like error-rate > 1% for 5m: when it fires, the release goes back at once.',
    'gate',
    'frozen',
  ),
  soak: word('How long a stage is watched at least, after its steps have settled and before its gates decide.', 'bake'),
  bake: word(
    'The last soak: all requests go to the new pods while the old ones are still warm, so that the way back takes seconds.',
    'soak',
    'finish',
  ),
  finish: word(
    'The end of a release: names move to the new pods, the old ones drain, and every field is as before. No pod is made or restarted after the verdict.',
    'pin',
    'drain',
  ),
  drain: word(
    'Ending the old pods after the finish. From here on there is no way back but another release.',
    'rollback',
  ),
  weight: word(
    'The percent of requests that the new pods get. It counts when the data plane shows it.',
    'router',
    'proof',
  ),
  batch: word('The percent of pods that are new after a stage of a rolling release.', 'rolling'),
  surge: word(
    'New pods beside the old ones, made by the own controller of the Deployment: its template changes, and the brake keeps every old pod.',
    'brake',
  ),
  brake: word(
    'minReadySeconds of years, set while a release runs: no new pod counts as available to the controller, so it takes no old pod away. It goes at the end.',
    'surge',
  ),
  pin: word(
    'A Service that is held to the stable pods while two versions run, by a label in its selector. At the finish it is pinned to the new ones, then let go.',
    'finish',
    'marks',
  ),
  tag: word(
    'Two things. Of an image: the version as it was pushed; it is resolved to a digest while planning. Of a ReplicaSet: a mark in the template of the stable set, so that no re-applied manifest matches it.',
    'digest',
    'marks',
  ),
  digest: word(
    'The hash of an image. A tag can be moved while a release runs, a digest can not; where the registry does not tell it, the plan says "not pinned".',
    'tag',
  ),
  stable: word(
    'The pods that served when the run began. The release is judged against them and goes back to them.',
    'new',
  ),
  new: word('The pods of the version that is released.', 'stable'),
  router: word(
    'What divides requests between the stable and the new pods: a Gateway API route (weights), the selector of the Service (all at once), or the number of pods behind it.',
    'weight',
    'proof',
  ),
  proof: word(
    'What shows that a step took hold, like endpoints or the status of a route. "Accepted, not proved" means that the gateway took a weight and nobody has counted requests.',
    'receipt',
  ),
  receipt: word(
    'What the API server answered when it took a write. A step settles by a read at or after its receipt, never by "it looks done".',
    'step',
  ),
  'way back': word(
    'What undoes a release, in its own order: requests first, then Services, then pods. It is in the plan, and as commands in the ConfigMap deploy-undo-<workload>.',
    'point of no return',
  ),
  'point of no return': word(
    'A step after which the release does not go back by itself; the plan names it. For a Deployment behind a router it is the drain of the old pods, else the clean-up at the end. A human can go back past it: abort --past STEP --reason TEXT makes all old pods again first, and moves requests then.',
    'frozen',
    'drain',
  ),
  frozen: word(
    'Past the point of no return the version failed: nothing is moved, and a human decides (exit 4). resume goes on all the same; abort --past STEP --reason TEXT goes back all the same.',
    'point of no return',
  ),
  'unknown outcome': word(
    'A hook was under way when its driver ended, and nobody can tell whether it did its work. The run asks. resume runs it again; promote says that it was done and goes on; with rerun: safe nobody is asked.',
    'hook',
  ),
  drift: word(
    'Somebody else changed a field that the run rests on. Put back where that is safe, else the run pauses and says who.',
    'owner',
  ),
  owner: word('Helm, Argo CD, Flux or another tool that set a field and will set it again.', 'drift'),
  run: word(
    'One journal of one plan, with an id like r7f3k. Runs are kept beside deploy.yaml, in .deploy/runs.',
    'journal',
  ),
  journal: word(
    'What was decided and done, entry by entry, on disk before anything is sent. A run that was killed goes on from it.',
    'resume',
    'hash',
  ),
  driver: word('The process that drives a run now.', 'epoch', 'attended'),
  epoch: word(
    'How many drivers a run has had. A new one replaces the token on every object before it does anything.',
    'fencing token',
  ),
  lease: word(
    'The object deploy-<workload> in each cluster: who drives the run, which run is open, and how it is. Its holder renews it every 5 s; who does not for 30 s is gone. kubectl get lease shows it.',
    'driver',
    'home',
  ),
  home: word(
    'The first cluster of a run, by name: it keeps the journal, and its Lease takes what people ask of the driver.',
    'lease',
  ),
  'fencing token': word(
    'The annotation deploy/token, <run>.<epoch>, on every object that a run writes. Each write tests it inside the API server, so a driver that was replaced can not write any more.',
    'epoch',
    'marks',
  ),
  marks: word(
    'The labels and annotations deploy/release, deploy/token, deploy/set-token, deploy/stable and deploy/note. They go when the run closes, but for deploy/release on the pods.',
  ),
  attended: word('A driver is alive. UNATTENDED: a run is open and nobody watches it.', 'driver'),
  hash: word(
    'Of a plan: sha256 over all that will be done and what it rests on, but not who, when or why. Two people on two machines get the same. Of a journal: each entry holds that of the one before it.',
    'approve',
  ),
  approve: word(
    'In a protected environment only a plan that somebody saw is run: by typing the service, or by --approve with its whole hash.',
    'protected',
  ),
  protected: word('An environment in which nothing runs before a human approved the plan.', 'approve'),
  hook: word(
    'A program of yours that runs at a point of the release. It gets DEPLOY_STEP, the same for each attempt at this step of this run, and DEPLOY_ATTEMPT. It is not interrupted when the release goes back: only what takes it back (on-rollback) waits for it.',
    'unknown outcome',
  ),
  preflight: word(
    'Everything that is looked at before the first change: the workload, its Services, quotas, nodes, rights. What stands against the release refuses it (exit 21).',
    'exit 21',
  ),
  emergency: word(
    '--emergency --reason: ships a fix although what serves is broken. In place, nothing is compared; the health of the new pods still is.',
  ),
  rolling: word('The strategy that replaces pods in place, in batches, with a gate after each.', 'batch'),
  'blue-green': word('The strategy that makes the whole new set beside the old, checks it, then cuts over.', 'bake'),
  canary: word('The strategy that shifts requests in steps and watches each before the next.', 'weight', 'soak'),
  variant: word('A strategy with other options under a name of your own: strategies: { careful: { type: canary } }.'),
  pause: word('No new step is begun; the run is watched on, and goes back when it must.', 'resume', 'promote'),
  resume: word(
    'Go on with a run that nobody drives: after a crash, a pause, drift, or when it is frozen.',
    'promote',
    'abort',
    'frozen',
  ),
  promote: word('Go on with a run that waits for a human.', 'resume', 'unknown outcome'),
  abort: word('Take an open run back.', 'rollback', 'point of no return'),
  rollback: word('A new run, to the version that served before. While a run is open the word is abort.', 'abort'),
  parallel: word('How many clusters of a wave are released side by side.', 'wave'),
}
