import { killedEverywhere } from './story.ts'

killedEverywhere('blue-green by the selector')
