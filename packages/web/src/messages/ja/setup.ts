import type { SetupMessages } from '../keys.ts'
import { messages as agents } from './agents.ts'
import { messages as sources } from './sources.ts'
import { messages as targets } from './targets.ts'

export const messages: SetupMessages = {
  ...sources,
  ...agents,
  ...targets,

  'setup.title': '最初のログを送る',
  'setup.lead': 'いずれかをコピーして実行してください。届くとランプが緑になります。',
  'setup.waiting': '最初のログを待っています',
  'setup.waitingHint': 'Girok 自身のログとサンプルデータは数えません。',
  'setup.arrived': 'ログが届いています',
  'setup.arrivedFrom': '最初のログ: {sender} から {receiver} で受信、{when}',
  'setup.count': '開始から {count} 行',
  'setup.look': 'ログを見る',
  'setup.send': 'ログを送る',
  'setup.shell': 'シェル',
  'setup.token': 'このサーバーはトークンがある場合のみログを受け付けます:',
  'setup.others': '他のプロトコルとそれぞれの状態:',
  'setup.rejected': '届きませんか?',
  'setup.rejectedNone':
    '拒否された要求はありません。それでも届かない場合は、送信側からこのアドレスに到達できていません。',
  'setup.time': '時刻',
  'setup.receiver': 'レシーバー',
  'setup.status': 'ステータス',
  'setup.reason': '理由',
  'setup.next': '次のステップ',
  'setup.next.read': 'ログを読む',
  'setup.next.readHint': '検索し、クリックで絞り込み、前後を確かめます。',
  'setup.next.tail': 'ライブで見る',
  'setup.next.tailHint': '届いた行をそのまま表示し、欠落も数えます。',
  'setup.next.errors': 'エラーを探す',
  'setup.next.errorsHint': 'error 以上のレベルをすべて表示します。',

  'sample.title': 'サンプルデータ',
  'sample.what': '学習ジョブ、LLM 推論、GPU、HTTP API、広告イベントのお試し用ログです。各行に付くラベル:',
  'sample.running': 'オン、{rate} 行/秒',
  'sample.stopped': 'オフ',
  'sample.start': '開始',
  'sample.stop': '停止',
  'sample.remove': 'サンプルをすべて削除',
  'sample.removeSure': '完全に削除する',
}
