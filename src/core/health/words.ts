/** `once`, `twice`, `5 times`. */
export const times = (count: number): string => (count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`)

/** `1 pod`, `3 pods`. */
export const many = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`

/** `cpu 2, memory 4Gi`: a Kubernetes resource list. */
export const resources = (list: Readonly<Record<string, string>> = {}): string =>
  Object.entries(list)
    .map(([name, amount]) => `${name} ${amount}`)
    .join(', ')
