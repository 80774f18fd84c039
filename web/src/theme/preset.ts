/** The component kit's look, taken from the tokens so that both always agree. */
import { definePreset } from '@primeuix/themes'
import Base from '@primeuix/themes/aura/base'
import button from '@primeuix/themes/aura/button'
import dialog from '@primeuix/themes/aura/dialog'
import inputtext from '@primeuix/themes/aura/inputtext'
import select from '@primeuix/themes/aura/select'
import textarea from '@primeuix/themes/aura/textarea'

const scheme = {
  primary: {
    color: 'var(--jade)',
    contrastColor: 'var(--on-jade)',
    hoverColor: 'var(--jade-hover)',
    activeColor: 'var(--jade-press)',
  },
  highlight: {
    background: 'var(--jade-soft)',
    focusBackground: 'var(--jade-soft)',
    color: 'var(--jade-ink)',
    focusColor: 'var(--jade-ink)',
  },
  mask: { background: 'var(--veil)', color: 'var(--ink)' },
  formField: {
    background: 'var(--surface)',
    disabledBackground: 'var(--sunken)',
    filledBackground: 'var(--sunken)',
    filledHoverBackground: 'var(--sunken)',
    filledFocusBackground: 'var(--sunken)',
    borderColor: 'var(--line-strong)',
    hoverBorderColor: 'var(--ink-soft)',
    focusBorderColor: 'var(--jade)',
    invalidBorderColor: 'var(--late)',
    color: 'var(--ink)',
    disabledColor: 'var(--ink-soft)',
    placeholderColor: 'var(--ink-soft)',
    invalidPlaceholderColor: 'var(--late)',
    iconColor: 'var(--ink-soft)',
    shadow: 'none',
  },
  text: {
    color: 'var(--ink)',
    hoverColor: 'var(--ink)',
    mutedColor: 'var(--ink-soft)',
    hoverMutedColor: 'var(--ink)',
  },
  content: {
    background: 'var(--surface)',
    hoverBackground: 'var(--sunken)',
    borderColor: 'var(--line)',
    color: 'var(--ink)',
    hoverColor: 'var(--ink)',
  },
  overlay: {
    select: { background: 'var(--surface)', borderColor: 'var(--line)', color: 'var(--ink)' },
    popover: { background: 'var(--surface)', borderColor: 'var(--line)', color: 'var(--ink)' },
    modal: { background: 'var(--surface)', borderColor: 'var(--line)', color: 'var(--ink)' },
  },
  list: {
    option: {
      focusBackground: 'var(--sunken)',
      selectedBackground: 'var(--jade-soft)',
      selectedFocusBackground: 'var(--jade-soft)',
      color: 'var(--ink)',
      focusColor: 'var(--ink)',
      selectedColor: 'var(--jade-ink)',
      selectedFocusColor: 'var(--jade-ink)',
      icon: { color: 'var(--ink-soft)', focusColor: 'var(--ink-soft)' },
    },
  },
}

const secondary = {
  background: 'var(--surface)',
  hoverBackground: 'var(--sunken)',
  activeBackground: 'var(--sunken)',
  borderColor: 'var(--line-strong)',
  hoverBorderColor: 'var(--ink-soft)',
  activeBorderColor: 'var(--ink-soft)',
  color: 'var(--ink)',
  hoverColor: 'var(--ink)',
  activeColor: 'var(--ink)',
}
const danger = {
  background: 'var(--late)',
  hoverBackground: 'var(--late)',
  activeBackground: 'var(--late)',
  borderColor: 'var(--late)',
  hoverBorderColor: 'var(--ink)',
  activeBorderColor: 'var(--ink)',
  color: 'var(--surface)',
  hoverColor: 'var(--surface)',
  activeColor: 'var(--surface)',
}
const plain = {
  hoverBackground: 'var(--sunken)',
  activeBackground: 'var(--sunken)',
  color: 'var(--jade-ink)',
}
const buttons = {
  root: { secondary, danger },
  text: { primary: plain, secondary: { ...plain, color: 'var(--ink-soft)' } },
  outlined: { primary: { ...plain, borderColor: 'var(--jade)' }, danger: { ...plain, borderColor: 'var(--late)', color: 'var(--late)' } },
}

export const preset = definePreset(
  { ...Base, components: { button, dialog, inputtext, select, textarea } },
  {
    semantic: {
      focusRing: { width: '3px', style: 'solid', color: 'var(--focus)', offset: '2px', shadow: 'none' },
      formField: { paddingX: '0.875rem', paddingY: '0.6rem', borderRadius: '10px', transitionDuration: '0.12s' },
      content: { borderRadius: '14px' },
      overlay: { modal: { borderRadius: '18px', padding: '1.25rem', shadow: 'var(--shade-high)' } },
      colorScheme: { light: scheme, dark: scheme },
    },
    components: {
      button: {
        root: { borderRadius: '10px', paddingX: '1.05rem', paddingY: '0.6rem', gap: '0.5rem', label: { fontWeight: '600' } },
        colorScheme: { light: buttons, dark: buttons },
      },
    },
  },
)
