import { share } from '../seed.ts'
import { anyOf } from './story.ts'

anyOf('rivals', share(2_500))
