import { share } from '../seed.ts'
import { anyOf } from './story.ts'

anyOf('bad weather', share(5_000))
