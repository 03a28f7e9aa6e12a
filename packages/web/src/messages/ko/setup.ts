import type { SetupMessages } from '../keys.ts'
import { messages as agents } from './agents.ts'
import { messages as sources } from './sources.ts'
import { messages as targets } from './targets.ts'

export const messages: SetupMessages = {
  ...sources,
  ...agents,
  ...targets,

  'setup.title': '첫 로그 보내기',
  'setup.lead': '아래에서 하나를 복사해 실행해 보세요. 로그가 도착하면 초록불이 켜집니다.',
  'setup.waiting': '첫 로그를 기다리는 중',
  'setup.waitingHint': 'Girok 자체 로그와 샘플 데이터는 세지 않습니다.',
  'setup.arrived': '로그가 들어오고 있습니다',
  'setup.arrivedFrom': '첫 로그: {sender}에서 {receiver}(으)로, {when}',
  'setup.count': '시작한 뒤 {count}줄',
  'setup.look': '로그 보기',
  'setup.send': '로그 보내기',
  'setup.shell': '셸',
  'setup.token': '이 서버는 토큰이 있어야 로그를 받습니다:',
  'setup.others': '다른 프로토콜과 각각의 상태:',
  'setup.rejected': '로그가 오지 않나요?',
  'setup.rejectedNone': '거부된 요청이 없습니다. 그래도 오지 않는다면 보내는 쪽이 이 주소에 닿지 못하고 있는 것입니다.',
  'setup.time': '시간',
  'setup.receiver': '수신기',
  'setup.status': '상태 코드',
  'setup.reason': '이유',
  'setup.next': '다음 단계',
  'setup.next.read': '로그 읽기',
  'setup.next.readHint': '검색하고, 눌러서 거르고, 앞뒤를 살펴봅니다.',
  'setup.next.tail': '실시간으로 보기',
  'setup.next.tailHint': '새 로그를 오는 대로, 누락된 수까지 그대로 보여 줍니다.',
  'setup.next.errors': '오류 찾기',
  'setup.next.errorsHint': 'error 레벨 이상의 모든 로그입니다.',

  'sample.title': '샘플 데이터',
  'sample.what': '둘러보기용 학습 작업, LLM 추론, GPU, HTTP API, 광고 이벤트 로그입니다. 모든 줄에 붙는 레이블:',
  'sample.running': '켜짐, 초당 {rate}줄',
  'sample.stopped': '꺼짐',
  'sample.start': '시작',
  'sample.stop': '멈춤',
  'sample.remove': '샘플 모두 삭제',
  'sample.removeSure': '완전히 삭제',
}
