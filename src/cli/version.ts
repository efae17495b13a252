import manifest from '../../package.json' with { type: 'json' }

/** Of this tool. */
export const version: string = manifest.version

/** Plans are good for one minor version: another may mean something else by the same words. */
export const minorVersion: string = version.split('.').slice(0, 2).join('.')
