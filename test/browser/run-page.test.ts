import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pageTexts } from '../../src/cli/page-texts.ts'
import { runPage } from '../../src/report/run-page/page.ts'
import { asset, badRun, goodRun } from '../report/run-page/story.ts'
import { isInstalled, opened, openBrowser } from './browser.ts'

const assets = {
  styles: [asset(pageTexts.libraryStyle), asset(pageTexts.style)],
  scripts: [asset(pageTexts.library), asset(pageTexts.draw)],
}
const pages = { bad: runPage({ ...badRun(), assets }), good: runPage({ ...goodRun(), assets }) }

/** How many pixels of each canvas have exactly the colour that the page calls so. It runs in the browser, hence a text. */
const painted = (page: Page, name: string): Promise<number[]> =>
  page.evaluate<number[]>(`(() => {
    const probe = document.createElement('canvas').getContext('2d')
    probe.fillStyle = getComputedStyle(document.documentElement).getPropertyValue('--${name}')
    probe.fillRect(0, 0, 1, 1)
    const [r, g, b] = probe.getImageData(0, 0, 1, 1).data
    return [...document.querySelectorAll('canvas')].map((canvas) => {
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
      let count = 0
      for (let at = 0; at < data.length; at += 4)
        if (data[at] === r && data[at + 1] === g && data[at + 2] === b && data[at + 3] === 255) count += 1
      return count
    })
  })()`)

// A machine without a browser may go without; the one that decides may not.
describe.runIf(isInstalled() || process.env['CI'])('the report of a run in a browser', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await openBrowser()
  })
  afterAll(() => browser.close())

  it.each(['bad', 'good'] as const)(
    'draws its charts, complains of nothing and fetches nothing: %s run',
    async (run) => {
      const { page, complaints, fetched } = await opened(browser, pages[run])
      expect(await page.evaluate('document.documentElement.dataset["drawn"]')).toBe('4')
      const fresh = await painted(page, 'new')
      expect(fresh).toHaveLength(4)
      for (const count of fresh) expect(count).toBeGreaterThan(100)
      expect({ complaints, fetched }).toEqual({ complaints: [], fetched: [] })
    },
  )

  it('draws limits where they are', async () => {
    const { page } = await opened(browser, pages.bad)
    const [weight = 0, errors = 0, latency = 0] = await painted(page, 'limit')
    expect(errors).toBeGreaterThan(weight)
    expect(latency).toBeGreaterThan(weight)
  })

  it('is as wide as a phone, and no wider', async () => {
    const { page } = await opened(browser, pages.bad, { viewport: { width: 390, height: 844 } })
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390)
    expect(await page.locator('canvas').first().isVisible()).toBe(true)
  })

  it('follows the reader to another width', async () => {
    const { page } = await opened(browser, pages.bad)
    await page.setViewportSize({ width: 500, height: 800 })
    await expect.poll(() => page.evaluate('document.documentElement.scrollWidth')).toBe(500)
    await expect.poll(() => page.evaluate('document.querySelector(".uplot")?.clientWidth ?? 0')).toBeLessThan(500)
  })

  it('is light or dark as its reader wishes, and draws in colours that can be read there', async () => {
    const backs = []
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page } = await opened(browser, pages.bad, { colorScheme })
      backs.push(await page.evaluate('getComputedStyle(document.body).backgroundColor'))
      for (const count of await painted(page, 'new')) expect(count).toBeGreaterThan(100)
    }
    expect(new Set(backs).size).toBe(2)
  })

  it('on paper shows pictures instead of canvases', async () => {
    const { page } = await opened(browser, pages.bad)
    await page.emulateMedia({ media: 'print' })
    expect(await page.locator('.still').first().isVisible()).toBe(true)
    expect(await page.locator('canvas').first().isVisible()).toBe(false)
  })

  it('without JavaScript has the same pictures, and all tables', async () => {
    const { page } = await opened(browser, pages.bad, { javaScriptEnabled: false })
    expect(await page.locator('.still').count()).toBe(4)
    expect(await page.locator('.still').first().isVisible()).toBe(true)
    expect(await page.locator('table').count()).toBe(2)
  })

  it('runs nothing that a text from outside brings', async () => {
    const hostile = '<img src=x onerror="document.title=1"></script><script>document.title=2</script>'
    const { page, complaints, fetched } = await opened(browser, runPage({ ...badRun(hostile), assets }))
    expect(await page.title()).toContain('canary web')
    expect({ complaints, fetched }).toEqual({ complaints: [], fetched: [] })
  })
})
