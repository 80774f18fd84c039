/** The forms of a place, read and kept on this device. */
import { computed, watch } from 'vue'
import { useView } from '@/api/view'
import { useKeeping } from './keep'
import { listForms } from './records'

/** What may be filled; each form is fetched in the background, so that it opens without a network. */
export function useForms(ledger: () => string) {
  const keeping = useKeeping()
  const view = useView(
    ledger,
    () => listForms(ledger()),
    { touchedBy: (change) => /^(form|pack|mode)\./.test(change.kind), rememberAs: () => `forms ${ledger()}` },
  )
  const forms = computed(() => (view.data.value ?? []).filter((form) => form.may_fill && form.source !== 'draft'))
  watch(view.data, (listed) => {
    if (listed && !view.staleSince.value) void keeping.keep(ledger(), forms.value)
  })
  return { view, forms }
}
