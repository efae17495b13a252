import { anyOf } from './story.ts'

anyOf('bad weather', 5_000)
