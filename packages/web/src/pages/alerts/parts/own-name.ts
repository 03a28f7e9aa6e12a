import { preference } from '../../../shell/preferences.ts'

/** Who makes silences and acknowledges alerts in this browser. */
export const ownName = preference<string>('alertsName', '')
