import { killedEverywhere } from './story.ts'

killedEverywhere('canary by the route')
