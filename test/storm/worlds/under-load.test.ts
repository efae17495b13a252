import { share } from '../seed.ts'
import { anyOf } from './story.ts'

anyOf('a version that fails under load', share(2_500))
