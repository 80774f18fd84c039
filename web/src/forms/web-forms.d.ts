/** What the app uses of ODK's form component; the package brings no types of its own. */
declare module '@getodk/web-forms' {
  import type { DefineComponent } from 'vue'

  /** A question, a group or a repeat of a form that is open. */
  export interface FormNode {
    readonly nodeId: string
    readonly currentState: { reference: string; instanceValue?: unknown; children?: readonly FormNode[] | null }
  }

  /** A question that is answered with a file. */
  export interface UploadNode extends FormNode {
    readonly nodeOptions: { media: { accept: string; type: string } }
    readonly currentState: FormNode['currentState'] & { value: File | null; readonly: boolean }
    setValue(file: File | null): unknown
  }

  /** A form that is open: the root of what has been answered. */
  export interface FormRoot {
    readonly languages: readonly { language: string; isSyntheticDefault?: true }[]
    readonly currentState: { activeLanguage: { language: string; isSyntheticDefault?: true }; children: readonly FormNode[] }
    readonly validationState: { violations: readonly { nodeId: string }[] }
    setLanguage(language: { language: string }): unknown
    prepareInstancePayload(options: { payloadType: 'monolithic' }): Promise<InstancePayload>
  }

  export interface InstancePayload {
    status: 'ready' | 'pending'
    /** The record as ODK sends it: `xml_submission_file` and what is attached. */
    data: [FormData]
  }

  export interface FormState {
    status: 'FORM_STATE_LOADING' | 'FORM_STATE_FAILURE' | 'FORM_STATE_SUCCESS'
    error: Error | null
    root: FormRoot | null
  }

  export interface OdkWebFormProps {
    formXml: string
    fetchFormAttachment: (address: URL) => Promise<Response>
    missingResourceBehavior?: 'BLANK' | 'ERROR'
    preloadProperties?: { deviceID?: string; email?: string; phoneNumber?: string; username?: string }
    editInstance?: { resolveInstance: () => string; attachmentFileNames: string[]; resolveAttachment: (name: string) => Response; draft?: { data: [FormData] } } | null
    onSubmit?: (payload: InstancePayload) => void
  }

  export const OdkWebForm: DefineComponent<OdkWebFormProps, { state: FormState }>
}

declare module 'virtual:xform.css' {}
