import { killedEverywhere } from './story.ts'

killedEverywhere('rolling')
