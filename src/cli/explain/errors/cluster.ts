import { advice, type Advices } from '../advice.ts'

/** Reaching a cluster, and what it answers. */
export const clusterErrors: Advices = {
  'not-in-cluster': advice(
    'deploy.yaml says inCluster: true of a cluster, and this process is not in a pod with a service account.',
    'name a context instead, or run it in a pod',
  ),
  'gc-unreached': advice(
    'Not one cluster could be looked at for what releases have left; the lines before say why. Nothing was removed.',
    'see what stands in the way: deploy doctor',
    'what is left in this folder only: deploy gc --local',
  ),
  'kubeconfig-missing': advice(
    'Neither KUBECONFIG nor ~/.kube/config names a file, and this is no pod with a service account.',
    'point to one: export KUBECONFIG=…',
  ),
  'kubeconfig-unreadable': advice(
    'The kubeconfig, or a certificate that it names, can not be read.',
    'see who may: ls -l ~/.kube/config',
  ),
  'kubeconfig-invalid': advice(
    'The kubeconfig is not one, or parts of it are missing.',
    'see what kubectl makes of it: kubectl config view',
  ),
  'context-unknown': advice(
    'The kubeconfig has no context of the name that deploy.yaml says.',
    'see those that there are: kubectl config get-contexts',
    'contexts may be called otherwise on another machine: name the file with clusters[].kubeconfig',
  ),
  'kube-unauthorized': advice(
    'The API server, or the program that brings the credential, does not accept who you are. Tokens of clouds live for minutes to hours.',
    'log in again, as your provider says',
    'this should name you: kubectl auth whoami --context …',
  ),
  'kube-forbidden': advice(
    'You are known and may not do this. A quota, an admission policy or a namespace that is being deleted says so, too.',
    'ask: kubectl auth can-i <verb> <resource> -n <namespace>',
    'print the Roles that planning and releasing need: deploy doctor --rbac',
  ),
  'kube-not-found': advice(
    'The namespace, the object or the whole kind is not there.',
    'check namespace and context: deploy explain config',
    'see which kinds the server knows: kubectl api-resources',
  ),
  'kube-exists': advice(
    'An object of a name that the release wants is there already.',
    'see whose it is: its labels, annotations and managedFields',
    'left over from a killed run: deploy doctor lists those',
  ),
  'kube-conflict': advice(
    'Somebody changed the same object at the same time, again and again.',
    'see who: kubectl get … --show-managed-fields -o yaml',
  ),
  'kube-invalid': advice(
    'The server does not accept the object, or a value that a patch tests is no longer the one that the plan was made with.',
    'make a fresh plan; it shows what changed',
    'ask without changing anything: deploy plan … --server',
  ),
  'kube-throttled': advice(
    'The API server has too much to do, for longer than we retry.',
    'see what it is busy with: kubectl get --raw /debug/api_priority_and_fairness/dump_priority_levels',
  ),
  'kube-unavailable': advice(
    'The server failed, or the connection broke. A run holds its weights and goes on when it answers again.',
    "see what ails it: kubectl get --raw '/readyz?verbose'",
  ),
  'kube-timeout': advice(
    'No answer in time: an overloaded server, a webhook that hangs, or a network that drops packets.',
    'see whether it answers at all: kubectl get --raw /readyz',
    'check VPN and firewall',
  ),
  'kube-refused': advice(
    'The machine answers and nothing listens there.',
    'compare server: in the kubeconfig with the address of the cluster; it may have been made anew',
  ),
  'kube-dns': advice(
    'The name of the API server can not be resolved here.',
    'check the VPN: names of private clusters are known inside only',
  ),
  'kube-tls': advice(
    'The certificate of the API server is not one that the kubeconfig trusts, is for another name, or has expired.',
    'fetch the kubeconfig again; clusters that were made anew have another authority',
    'check the clock of this machine: date -u',
  ),
  'kube-protocol': advice(
    'Something answered that does not speak like an API server: often a login page or a proxy.',
    'look at it: kubectl get --raw /version',
  ),
  'cluster-other': advice(
    'The context leads to another cluster than the one that the plan was made for. Clusters are known by the uid of kube-system, not by name.',
    'use the right context, or make a fresh plan',
  ),
  permission: advice(
    'This identity lacks a right that the plan or its way back needs. It is asked for before anything is changed.',
    'the message has the rule to add',
    'all rules at once, as Roles: deploy doctor --rbac',
  ),
  'server-refuses': advice(
    'Asked with dryRun=All, the API server would not take the plan: admission, validation or quota.',
    'mend what it names, then plan again',
  ),
  nodes: advice(
    'Nodes may not be listed, so nobody knows whether the new pods have room. The release is not stopped for that.',
    'allow it: kubectl create clusterrole deploy-nodes --verb=get,list --resource=nodes',
  ),
}
