import { accessSync, constants } from 'node:fs'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

const executablePath = '/usr/bin/chromium'

export const isInstalled = (): boolean => {
  try {
    accessSync(executablePath, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** The machine's own browser; nothing is downloaded. It may not sandbox for root, and opens only our files. */
export const openBrowser = (): Promise<Browser> => chromium.launch({ executablePath, args: ['--no-sandbox'] })

export interface Opened {
  readonly page: Page
  /** What it complained of: errors, warnings, what its policy refused. */
  readonly complaints: readonly string[]
  /** What it fetched beside itself. */
  readonly fetched: readonly string[]
}

/** A page as a file on disk, as a person opens it. */
export async function opened(browser: Browser, markup: string, options: BrowserContextOptions = {}): Promise<Opened> {
  const file = join(await mkdtemp(join(tmpdir(), 'deploy-page-')), 'page.html')
  await writeFile(file, markup)
  const url = pathToFileURL(file).href
  const page = await browser.newPage(options)
  const complaints: string[] = []
  const fetched: string[] = []
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`))
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('request', (request) => {
    if (request.url() !== url) fetched.push(request.url())
  })
  await page.goto(url)
  return { page, complaints, fetched }
}
