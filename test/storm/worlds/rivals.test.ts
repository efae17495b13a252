import { anyOf } from './story.ts'

anyOf('rivals', 2_500)
