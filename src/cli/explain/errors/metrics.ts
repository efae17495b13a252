import { advice, type Advices } from '../advice.ts'

/** Where the figures of a service come from. */
export const metricsErrors: Advices = {
  'config-metrics': advice(
    'The source of metrics can not be used as it is written: a secret or a file that it names is missing, or no URL is known for a cluster.',
    'set what is named: env:NAME is a variable of this process, file:PATH is relative to deploy.yaml',
    'see what each key takes: deploy explain services.web.metrics',
  ),
  'pod-unreachable': advice(
    'A pod did not answer through the API server, neither by port-forward nor by its proxy.',
    'check metrics.port and metrics.path: kubectl port-forward pod/… <port>',
    'see whether you may: kubectl auth can-i create pods/portforward',
  ),
  'metrics-unreadable': advice(
    'While planning, the source of figures could not be read at all. Without figures no stage with requests could end.',
    'deploy doctor asks it and says what it answers',
    'correct metrics: in deploy.yaml, or mend the source',
  ),
  'metrics-query': advice(
    'A query of rollback.when failed, or gave more than one series: it is not known which of them is meant.',
    'make one series of them: sum(…), max(…)',
  ),
  'metrics-nothing': advice(
    'The pods that serve have no series by the name in metrics.requests. No data is never a pass.',
    'look what a pod says: kubectl get --raw /api/v1/namespaces/NS/pods/POD:PORT/proxy/metrics',
    'correct metrics.requests, metrics.podLabel or metrics.port',
  ),
  'metrics-no-latency': advice(
    'A trigger or an objective is about latency, and the pods that serve have no classic histogram by that name.',
    'set metrics.latency to the name without _bucket: http_request_duration_seconds',
  ),
  'trigger-firing': advice(
    'A trigger fires on the pods that serve now: it could not tell whether the new ones are worse.',
    'mend what serves first',
    "go without it for this release: --ignore-trigger '…' --reason '…'",
  ),
  'soak-undecided': advice(
    'At the traffic of now, a soak is too short to find a bad version in four of five releases, so its stage would end without a verdict.',
    'raise the weight of the first stages, or soak: deploy judge --design says how long it must be',
    'say what becomes of such a stage: onInconclusive of the strategy is hold, pause or undo',
  ),
  'trigger-unknown': advice(
    '--ignore-trigger names a trigger that the service does not have.',
    'deploy plan … shows the triggers; write one of them in quotes',
  ),
  'samples-missing': advice(
    'A run has no samples here: it was driven on another machine, or has begun no unit.',
    'deploy list --local shows the runs of this folder',
    'a file of samples can be named: deploy judge --samples FILE',
  ),
  'samples-unreadable': advice(
    'A recording can not be opened, or is no file. It is read twice, so a pipe will not do.',
    'name a file that you may read',
  ),
  'past-unknown': advice(
    'The source of figures of a service keeps no past: pods and JSON services say only what is counted now.',
    'use source: prometheus',
    'or judge the samples of a run: deploy judge --run RUN',
  ),
  'past-too-little': advice(
    'To try gates on the past takes two soaks of samples at the least, and two pods.',
    'a shorter --soak or a longer --since; pods that were made lately have a short past',
  ),
  'bad-samples': advice(
    'A line of a recording can not be read, or says what can not be: its clock goes backwards, more requests failed than there were.',
    'mend or remove the line that is named; each line is one JSON object, and the first is the header',
    'record again: a run writes its own samples into its folder',
  ),
}
