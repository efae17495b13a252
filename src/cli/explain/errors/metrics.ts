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
}
