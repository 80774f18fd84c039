/** The XForms of a place, read and kept on this device. */
import { computed, watch } from 'vue'
import { Refused } from '@/api/problems'
import { useView } from '@/api/view'
import { useKeeping } from './keep'
import { listForms, type FormEntry } from './records'

/** What may be filled; each is fetched in the background, so that it opens without a network. */
export function useForms(ledger: () => string) {
  const keeping = useKeeping()
  const view = useView(
    ledger,
    async (): Promise<FormEntry[]> => {
      try {
        return await listForms(ledger())
      } catch (error) {
        // A server of an earlier release has no such list.
        if (error instanceof Refused && error.problem.status === 404) return []
        throw error
      }
    },
    { touchedBy: (change) => /^(form|pack|mode)\./.test(change.kind), rememberAs: () => `forms ${ledger()}` },
  )
  const forms = computed(() => (view.data.value ?? []).filter((form) => form.may_fill !== false && form.source !== 'draft'))
  watch(view.data, () => {
    if (view.data.value && !view.staleSince.value) void keeping.keep(ledger(), forms.value)
  })
  return { view, forms, all: computed(() => view.data.value ?? []) }
}
