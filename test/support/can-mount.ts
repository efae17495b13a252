import { execFileSync } from 'node:child_process'

/** Whether tests may mount a disk of their own: as root, where the kernel lets root. */
export const canMount = process.getuid?.() === 0 && works('unshare', ['-m', 'true'])

function works(command: string, args: string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
