import type { messages as agents } from './en/agents.ts'
import type { messages as alertEdit } from './en/alert-edit.ts'
import type { messages as alertSending } from './en/alert-sending.ts'
import type { messages as alerts } from './en/alerts.ts'
import type { messages as charts } from './en/charts.ts'
import type { messages as dashboardEdit } from './en/dashboard-edit.ts'
import type { messages as dashboardPanel } from './en/dashboard-panel.ts'
import type { messages as dashboards } from './en/dashboards.ts'
import type { messages as explore } from './en/explore.ts'
import type { messages as library } from './en/library.ts'
import type { messages as logs } from './en/logs.ts'
import type { messages as metrics } from './en/metrics.ts'
import type { messages as setup } from './en/setup.ts'
import type { messages as shell } from './en/shell.ts'
import type { messages as sources } from './en/sources.ts'
import type { messages as targets } from './en/targets.ts'

export type ShellMessages = Readonly<Record<keyof typeof shell, string>>
export type AlertsMessages = Readonly<Record<keyof typeof alerts, string>>
/** Part of the texts of alerts. */
export type AlertEditMessages = Readonly<Record<keyof typeof alertEdit, string>>
/** Part of the texts of alerts. */
export type AlertSendingMessages = Readonly<Record<keyof typeof alertSending, string>>
export type ExploreMessages = Readonly<Record<keyof typeof explore, string>>
export type ChartsMessages = Readonly<Record<keyof typeof charts, string>>
export type LibraryMessages = Readonly<Record<keyof typeof library, string>>
export type MetricsMessages = Readonly<Record<keyof typeof metrics, string>>
export type DashboardsMessages = Readonly<Record<keyof typeof dashboards, string>>
export type DashboardEditMessages = Readonly<Record<keyof typeof dashboardEdit, string>>
export type LogsMessages = Readonly<Record<keyof typeof logs, string>>
export type SetupMessages = Readonly<Record<keyof typeof setup, string>>
/** Part of the texts of changing dashboards. */
export type DashboardPanelMessages = Readonly<Record<keyof typeof dashboardPanel, string>>
/** Part of the texts of the set-up page. */
export type SourcesMessages = Readonly<Record<keyof typeof sources, string>>

/** Part of the texts of the set-up page. */
export type AgentsMessages = Readonly<Record<keyof typeof agents, string>>

/** Part of the texts of the set-up page. */
export type TargetsMessages = Readonly<Record<keyof typeof targets, string>>

export type MessageKey =
  | keyof ShellMessages
  | keyof LogsMessages
  | keyof ChartsMessages
  | keyof LibraryMessages
  | keyof ExploreMessages
  | keyof SetupMessages
  | keyof MetricsMessages
  | keyof DashboardsMessages
  | keyof DashboardEditMessages
  | keyof AlertsMessages
