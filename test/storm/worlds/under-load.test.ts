import { anyOf } from './story.ts'

anyOf('a version that fails under load', 2_500)
