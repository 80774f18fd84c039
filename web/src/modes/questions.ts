/** What is asked when a mode is declared, extended or ended. */
import type { FieldSpec } from '@/forms/fields'
import { question } from '@/forms/question'

const basis = question('legal_basis', '法律依据', 'Legal basis', 'text', {
  zh: '法律、条款或上级决定的文号。',
  en: 'The law and article, or the number of the decision.',
})
const reason = question('reason', '理由', 'Reason', 'text')
const until = question('until', '到什么时候为止', 'Until when', 'time', { zh: '到时自动结束。', en: 'It then ends by itself.' })
const review = question('review_on', '复核日期', 'Review date', 'date', {
  zh: '在这一天重新看是否还有必要，必须早于结束时间。',
  en: 'On this day somebody looks at whether it is still needed; before the end.',
})

export const DECLARE: FieldSpec[] = [
  question('authority', '由谁决定', 'Whose decision it is', 'text'),
  basis,
  reason,
  until,
  review,
  question('appeal', '如何申诉', 'How to appeal', 'text', { zh: '电话、地点或网址，居民看得懂。', en: 'A number, a place or an address that residents understand.' }),
]
export const EXTEND: FieldSpec[] = [until, review, basis, reason]
export const END: FieldSpec[] = [reason]
