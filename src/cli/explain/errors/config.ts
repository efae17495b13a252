import { advice, type Advices } from '../advice.ts'

/** The command line, the variables and deploy.yaml. */
export const configErrors: Advices = {
  usage: advice(
    'The command line was not understood. Nothing was asked of any cluster.',
    'read the options of the command: deploy <command> --help',
    'let the shell complete it: deploy completion bash, zsh or fish',
  ),
  'not-yet': advice('The command is known and arrives with a later version.', 'see what this one has: deploy --help'),
  'explain-unknown': advice(
    'There is no word, key, error code or exit code of that name.',
    'see what can be explained: deploy explain',
  ),
  'config-missing': advice(
    'No deploy.yaml was found from here up to the first folder with .git; outside of a repository only the working directory counts.',
    'go to the folder of your project, or name the file: --config FILE',
    'have one written from what runs now: deploy init',
  ),
  'config-unreadable': advice(
    'The configuration is there and can not be read: a folder, or a file of another user.',
    'look at it: ls -l deploy.yaml',
  ),
  'config-too-large': advice(
    'A configuration has at most 256 KiB; this is most likely another file.',
    'name the right one: --config FILE',
  ),
  'config-not-utf8': advice('The file is not UTF-8, so places in it could not be named.', 'save it as UTF-8'),
  'config-empty': advice('The file has nothing in it.', 'start from what runs now: deploy init --force'),
  'config-exists': advice(
    'deploy init never writes over a file by itself.',
    'write it elsewhere and compare: deploy init --config new.yaml',
    'or let it be replaced: deploy init --force',
  ),
  'config-unwritable': advice(
    'The file could not be written.',
    'name one in a folder that you may write to: deploy init --config FILE',
  ),
  'config-is-manifest': advice(
    'The file has a kind, so it is a Kubernetes manifest.',
    'keep it under another name and refer to it: services.<name>.manifests',
  ),
  'config-invalid': advice(
    'deploy.yaml breaks its schema. Every problem is listed with line, column and what to write instead.',
    'look a key up: deploy explain services.web.traffic',
    'let your editor check it: src/config/deploy.schema.json is its JSON schema',
  ),
  'config-option': advice(
    'An option of the strategy has a value that it can not have; the message says whether a flag, a variable or the file said it.',
    'see what each option takes: deploy explain strategies.canary',
    'see every value and who set it: deploy explain config canary',
  ),
  'config-strategy': advice(
    'There is no strategy, and no variant in deploy.yaml, of that name.',
    'see those that there are: deploy --help',
    'a variant is defined by its type: strategies: { careful: { type: canary } }',
  ),
  'config-version': advice(
    'What was given as the version is no tag, digest or image reference of this service.',
    'write the tag as it was pushed: deploy canary v1.2.3',
  ),
  'config-environment': advice(
    'Several environments are in deploy.yaml and none was named, or the one named is not among them.',
    'name it: -e staging',
  ),
  'config-service': advice(
    'Several services are in deploy.yaml and none was named, or the one named is not among them.',
    'name it: -s web',
  ),
  'config-cluster': advice(
    'The environment has no cluster of that name.',
    'names come from environments.<name>.clusters[].name, else from the context',
    'a saved plan needs the deploy.yaml that it was made with: --config FILE',
  ),
  'config-namespace': advice('That can not be the name of a namespace.', 'use lowercase letters, digits and "-"'),
  'config-not-yet': advice(
    'A key is known and does nothing in this version, so it is refused rather than ignored.',
    'remove it, or do what the message offers instead',
  ),
  'config-hook': advice(
    'A program that deploy.yaml names as a hook is not there or can not be run. It is looked for while planning, not in the middle of a release.',
    'paths are relative to deploy.yaml; plain names are looked for in PATH',
    'let it be run: chmod +x ./smoke.sh',
  ),
  'manifest-unreadable': advice(
    'services.<name>.manifests names a file that can not be read.',
    'render it first; the path is relative to deploy.yaml',
  ),
  'manifest-unusable': advice(
    'The rendered manifest does not have exactly one workload of the name that is released, or is no YAML.',
    'render it with the right values, for one environment',
  ),
}
