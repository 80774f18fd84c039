/** The parts of the component kit that only forms need: their look and their words. */
import { updatePreset } from '@primeuix/themes'
import card from '@primeuix/themes/aura/card'
import checkbox from '@primeuix/themes/aura/checkbox'
import chip from '@primeuix/themes/aura/chip'
import datepicker from '@primeuix/themes/aura/datepicker'
import iconfield from '@primeuix/themes/aura/iconfield'
import inputnumber from '@primeuix/themes/aura/inputnumber'
import menu from '@primeuix/themes/aura/menu'
import message from '@primeuix/themes/aura/message'
import multiselect from '@primeuix/themes/aura/multiselect'
import panel from '@primeuix/themes/aura/panel'
import password from '@primeuix/themes/aura/password'
import progressspinner from '@primeuix/themes/aura/progressspinner'
import radiobutton from '@primeuix/themes/aura/radiobutton'
import rating from '@primeuix/themes/aura/rating'
import slider from '@primeuix/themes/aura/slider'
import virtualscroller from '@primeuix/themes/aura/virtualscroller'
import type { PrimeVueConfiguration } from 'primevue/config'
import type { Language } from '@/time/format'

const error = {
  background: 'var(--late-soft)',
  borderColor: 'var(--late)',
  color: 'var(--late)',
  shadow: 'none',
  closeButton: { hoverBackground: 'var(--sunken)', focusRing: { color: 'var(--focus)', shadow: 'none' } },
  outlined: { color: 'var(--late)', borderColor: 'var(--late)' },
  simple: { color: 'var(--late)' },
}
const messages = { error, contrast: { ...error, background: 'var(--sunken)', borderColor: 'var(--line-strong)', color: 'var(--ink)' } }
const contrast = {
  background: 'var(--ink)',
  hoverBackground: 'var(--ink)',
  activeBackground: 'var(--ink)',
  borderColor: 'var(--ink)',
  hoverBorderColor: 'var(--ink)',
  activeBorderColor: 'var(--ink)',
  color: 'var(--surface)',
  hoverColor: 'var(--surface)',
  activeColor: 'var(--surface)',
}
const quiet = { hoverBackground: 'var(--sunken)', activeBackground: 'var(--sunken)', color: 'var(--ink)', borderColor: 'var(--line-strong)' }
const buttons = { root: { contrast }, outlined: { contrast: quiet, secondary: quiet }, text: { contrast: quiet } }
const today = { background: 'var(--sunken)', color: 'var(--ink)' }
const day = {
  hoverBackground: 'var(--sunken)',
  selectedBackground: 'var(--jade)',
  rangeSelectedBackground: 'var(--jade-soft)',
  color: 'var(--ink)',
  hoverColor: 'var(--ink)',
  selectedColor: 'var(--on-jade)',
  rangeSelectedColor: 'var(--jade-ink)',
  width: '2.75rem',
  height: '2.75rem',
  borderRadius: '50%',
  padding: '0.25rem',
  focusRing: { width: '3px', style: 'solid', color: 'var(--focus)', offset: '1px', shadow: 'none' },
}

let worn = false

/** Gives the kit the look of these parts, once. */
export function wear(): void {
  if (worn) return
  worn = true
  updatePreset({
    components: {
      card, checkbox, chip, datepicker: { ...datepicker, date: day }, iconfield, inputnumber, menu, message, multiselect, panel, password,
      progressspinner, radiobutton, rating, slider, virtualscroller,
    },
  })
  updatePreset({
    components: {
      button: { colorScheme: { light: buttons, dark: buttons } },
      card: { root: { borderRadius: 'var(--radius)', shadow: 'none' } },
      datepicker: { colorScheme: { light: { today }, dark: { today } } },
      message: { colorScheme: { light: messages, dark: messages } },
      checkbox: { root: { width: '1.35rem', height: '1.35rem', borderColor: 'var(--line-strong)' } },
      radiobutton: { root: { width: '1.35rem', height: '1.35rem', borderColor: 'var(--line-strong)' } },
      rating: { icon: { size: '1.75rem', color: 'var(--ink-soft)', hoverColor: 'var(--jade)', activeColor: 'var(--jade)' } },
      slider: { range: { background: 'var(--jade)' }, track: { background: 'var(--jade-soft)' }, handle: { background: 'var(--jade)', content: { background: 'var(--surface)', hoverBackground: 'var(--surface)' } } },
      progressspinner: { colorScheme: { light: { root: spinner() }, dark: { root: spinner() } } },
    },
  })
}

function spinner(): Record<string, string> {
  return { colorOne: 'var(--jade)', colorTwo: 'var(--jade)', colorThree: 'var(--jade)', colorFour: 'var(--jade)' }
}

const months = Array.from({ length: 12 }, (_, i) => `${i + 1}月`)
const days = ['日', '一', '二', '三', '四', '五', '六']
const english = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']
const week = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

const chinese = {
  dayNames: days.map((name) => `星期${name}`), dayNamesShort: days.map((name) => `周${name}`), dayNamesMin: days,
  monthNames: months, monthNamesShort: months, dateFormat: 'yy-mm-dd', firstDayOfWeek: 1, today: '今天', clear: '清除', weekHeader: '周',
  chooseDate: '选择日期', chooseMonth: '选择月份', chooseYear: '选择年份', prevMonth: '上个月', nextMonth: '下个月', prevYear: '上一年', nextYear: '下一年',
  prevDecade: '前十年', nextDecade: '后十年', prevHour: '减一小时', nextHour: '加一小时', prevMinute: '减一分钟', nextMinute: '加一分钟', prevSecond: '减一秒', nextSecond: '加一秒',
  emptyMessage: '没有可选项', emptyFilterMessage: '没有找到', emptySelectionMessage: '还没有选', selectionMessage: '已选 {0} 项', choose: '选择', cancel: '取消',
}
const plain = {
  dayNames: week, dayNamesShort: week.map((name) => name.slice(0, 3)), dayNamesMin: week.map((name) => name.slice(0, 2)),
  monthNames: english, monthNamesShort: english.map((name) => name.slice(0, 3)), dateFormat: 'd M yy', firstDayOfWeek: 1, today: 'Today', clear: 'Clear', weekHeader: 'Wk',
  chooseDate: 'Choose a date', chooseMonth: 'Choose a month', chooseYear: 'Choose a year', prevMonth: 'Month before', nextMonth: 'Month after', prevYear: 'Year before', nextYear: 'Year after',
  prevDecade: 'Ten years before', nextDecade: 'Ten years after', prevHour: 'An hour less', nextHour: 'An hour more', prevMinute: 'A minute less', nextMinute: 'A minute more', prevSecond: 'A second less', nextSecond: 'A second more',
  emptyMessage: 'Nothing to choose', emptyFilterMessage: 'Nothing found', emptySelectionMessage: 'Nothing chosen yet', selectionMessage: '{0} chosen', choose: 'Choose', cancel: 'Cancel',
}
const chineseAria = { close: '关闭', previous: '上一个', next: '下一个', star: '{star} 星', stars: '{star} 星', showPassword: '显示', hidePassword: '隐藏', filterConstraint: '筛选', selectAll: '全选', unselectAll: '全不选', trueLabel: '是', falseLabel: '否', nullLabel: '未选' }
const englishAria = { close: 'Close', previous: 'Before', next: 'Next', star: '1 star', stars: '{star} stars', showPassword: 'Show', hidePassword: 'Hide', filterConstraint: 'Filter', selectAll: 'All', unselectAll: 'None', trueLabel: 'Yes', falseLabel: 'No', nullLabel: 'Not chosen' }

/** Lets the kit's calendars and lists speak the reader's language. */
export function speakKit(config: PrimeVueConfiguration, language: Language): void {
  const words = language === 'en' ? plain : chinese
  const aria = language === 'en' ? englishAria : chineseAria
  config.locale = { ...config.locale!, ...words, aria: { ...config.locale?.aria, ...aria } }
}
