/** Who fills a form, as the rules name them and as people do. */
import type { Words } from '@/api/client'

const ROLES: Readonly<Record<string, Words>> = {
  grid_worker: { zh: '网格员', en: 'Grid worker' },
  volunteer: { zh: '志愿者', en: 'Volunteer' },
  clinician: { zh: '社区医生', en: 'Clinician' },
  community_lead: { zh: '社区负责人', en: 'Community lead' },
  coordinator: { zh: '街道协调员', en: 'Street coordinator' },
  department: { zh: '条线部门', en: 'Department' },
  subject: { zh: '本人', en: 'The person themselves' },
}

/** The roles to choose from, in the order in which they are asked for most. */
export const fillers = Object.entries(ROLES).map(([id, name]) => ({ id, name }))

export function roleName(role: string): Words {
  return ROLES[role] ?? { zh: role, en: role }
}
