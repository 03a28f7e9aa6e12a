import { defineEvent } from './define.ts'

/** Who did it, as far as it is known; the same in all events of people. */
const WHO = { user_id: 'string?', session_id: 'string?' } as const

/** What people do on pages and screens: `event_category` is `behaviour`. */
const BEHAVIOUR = 'behaviour'
/** What the business keeps of them: `event_category` is `service`. */
const SERVICE = 'service'

/** `page_viewed`: somebody opened a page or screen. */
export const pageViewed = /* @__PURE__ */ defineEvent({
  name: 'page_viewed',
  category: BEHAVIOUR,
  message: ({ page }) => `viewed ${page}`,
  description: 'A page or screen was opened.',
  fields: {
    page: { type: 'string', description: 'path or name, without personal data' },
    referrer: 'string?',
    duration_ms: { type: 'number?', description: 'how long it was looked at, when it is known' },
    ...WHO,
  },
})

/** `element_clicked`: somebody clicked or tapped. */
export const elementClicked = /* @__PURE__ */ defineEvent({
  name: 'element_clicked',
  category: BEHAVIOUR,
  message: ({ target }) => `clicked ${target}`,
  description: 'Something was clicked or tapped.',
  fields: {
    target: { type: 'string', description: 'what was clicked: a name or a selector' },
    page: 'string?',
    x: { type: 'number?', description: 'pixels from the left edge' },
    y: { type: 'number?', description: 'pixels from the upper edge' },
    ...WHO,
  },
})

/** `screen_swiped`: somebody swiped. */
export const screenSwiped = /* @__PURE__ */ defineEvent({
  name: 'screen_swiped',
  category: BEHAVIOUR,
  message: ({ direction }) => `swiped ${direction}`,
  description: 'A finger moved over the screen.',
  fields: { direction: ['left', 'right', 'up', 'down'], target: 'string?', page: 'string?', ...WHO },
})

/** `signed_up`: there is a new customer. */
export const signedUp = /* @__PURE__ */ defineEvent({
  name: 'signed_up',
  category: SERVICE,
  message: ({ user_id }) => `${user_id} signed up`,
  description: 'A customer has signed up.',
  fields: {
    user_id: 'string',
    signed_up_at: { type: 'date?', description: 'when, if not now' },
    method: { type: 'string?', description: 'how: mail, google …' },
  },
})

/** `purchase_made`: a customer has bought something. */
export const purchaseMade = /* @__PURE__ */ defineEvent({
  name: 'purchase_made',
  category: SERVICE,
  message: ({ order_id, total, currency }) => `${order_id}: ${total} ${currency}`,
  description: 'A customer has bought something.',
  fields: {
    order_id: 'string',
    total: { type: 'number', description: 'in the currency' },
    currency: { type: 'string', description: 'three letters, ISO 4217' },
    user_id: 'string?',
    items: 'json?',
  },
})
