import { advice, type Advices } from '../advice.ts'

/** Services, routes and what divides requests. */
export const serviceErrors: Advices = {
  'service-missing': advice(
    'The Service that users are sent through is not there. The name under services: in deploy.yaml is the name of that Service.',
    'rename the entry to the Service, and name the Deployment with workload: deployment/…',
  ),
  'service-elsewhere': advice(
    'The Service does not select the pods of this workload: shifting its requests would move nothing.',
    'name the Service whose selector matches the labels of the pods',
  ),
  'service-lost': advice(
    'A Service selects labels that the new template no longer has: nobody would be behind it.',
    'keep the labels for this release; change the selector in the next',
  ),
  'service-shared': advice(
    'The Service sends to pods of other workloads, too. Held to the stable pods of this one, it would drop those.',
    'leave it out: traffic: { pin: { <service>: false } }',
  ),
  'service-port-missing': advice(
    'The Service sends to a named port that no container of the new template has.',
    'name the port in the manifest, or correct targetPort',
  ),
  'service-empty': advice(
    'Pods are ready and the Service has no ready endpoint: users reach nobody now.',
    'compare selector and targetPort: kubectl describe service/…',
  ),
  'service-headless': advice(
    'A headless Service hands out pod addresses, which callers keep: they follow a switch late or never.',
    'put a Service with an address in front, or use the strategy rolling',
  ),
  'service-not-ready-published': advice(
    'publishNotReadyAddresses sends users to pods that are not ready yet.',
    'remove it with the patch in the message',
  ),
  'service-sticky': advice(
    'sessionAffinity keeps a caller on one pod, so weights move callers and not requests.',
    'set sessionAffinity: None for the release',
  ),
  'service-bypass': advice(
    'Callers inside the cluster do not pass the route: they switch at the finish, all at once.',
    'use a mesh or the router replicas if they should meet the new version earlier',
  ),
  'service-local-traffic': advice(
    'The load balancer learns of moved endpoints by its own health checks, later than the cluster.',
    'set externalTrafficPolicy: Cluster, or shift by Gateway API',
  ),
  'pin-left-out': advice(
    'traffic.pin leaves a Service out: it sends to new pods as soon as they are ready.',
    'remove it from traffic.pin unless that is meant',
  ),
  'pin-left': advice(
    'A Service still selects the pods of one release only: after the next one nobody would be behind it.',
    'take the label off with the patch in the message',
    'deploy doctor shows all that is left over',
  ),
  'route-missing': advice(
    'Nothing divides requests of this Service.',
    'name the HTTPRoute: traffic: { router: gateway-api, route: … }',
    'without one: deploy rolling, or router: replicas',
  ),
  'route-sticky': advice(
    'The route keeps sessions, so users would stay on a version that was taken back.',
    'remove sessionPersistence for the release',
  ),
  'router-missing': advice(
    'The router finds nothing of this Service to steer, or none fits the strategy.',
    'see what is there: kubectl get httproutes,services',
    'use the strategy rolling, which divides nothing',
  ),
  'router-refused': advice(
    'The router can not steer this object safely; the message says which field stands against it.',
    'change that field, or use another router',
  ),
  'router-ambiguous': advice(
    'Several routes send to this Service and weights are set on one.',
    'say which one: traffic: { router: gateway-api, route: … }',
  ),
  'router-cannot-split': advice(
    'A Service selects a pod or does not: by its selector there are no shares between 0 and 100 %.',
    'deploy blue-green <version>, or a router that splits',
  ),
}
