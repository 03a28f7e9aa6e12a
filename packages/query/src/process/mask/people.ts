import { defineDetector } from './detector.ts'

/** A local part of 64 characters at most, and a domain of three parts and more or two. */
export const email = defineDetector({
  name: 'email',
  summary: 'E-mail addresses',
  needs: (text) => text.includes('@'),
  candidates:
    /(?<![\p{L}\p{N}._%+-])[\p{L}\p{N}._%+-]{1,64}@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,62})\.){1,8}[\p{L}]{2,63}/gu,
})

const NO_DIGIT_BEFORE = '(?<![\\d.])(?<!\\d-)'
const NO_DIGIT_BEHIND = '(?![\\d.]?\\d)(?!-\\d)'
const KOREAN = '0(?:1[016-9]|2|[3-6][1-5]|70)[-. ]?\\d{3,4}[-. ]?\\d{4}'
const JAPANESE = '0(?:[5789]0-?\\d{4}-?\\d{4}|\\d{1,4}-\\d{1,4}-\\d{4})'
const INTERNATIONAL = '\\+[1-9](?:[-. ()]{0,2}\\d){6,14}'

/** Without a plus or separators only mobile numbers are told from other numbers. */
export const phone = defineDetector({
  name: 'phone',
  summary: 'Telephone numbers: international with +, Korean, Japanese',
  candidates: new RegExp(`${NO_DIGIT_BEFORE}(?:${INTERNATIONAL}|${KOREAN}|${JAPANESE})${NO_DIGIT_BEHIND}`, 'g'),
  length: (candidate) => {
    const digits = candidate.replace(/\D/g, '')
    const separated = digits.length < candidate.length
    const mobile = /^0(?:1[016-9]|[5789]0)/.test(digits)
    return (separated || mobile) && digits.length >= 9 ? candidate.length : 0
  },
})

const WEIGHTS = [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]

/** The check digit is not kept any more since October 2020, so with its hyphen a number needs a date of birth only. */
export const residentNumber = defineDetector({
  name: 'residentNumber',
  summary: 'Korean resident registration numbers',
  candidates: /(?<![\d-])\d{6}-?[1-8]\d{6}(?![\d-])/g,
  length: (candidate) => {
    const month = Number(candidate.slice(2, 4))
    const day = Number(candidate.slice(4, 6))
    if (month < 1 || month > 12 || day < 1 || day > 31) return 0
    if (candidate.length === 14) return 14
    const sum = WEIGHTS.reduce((total, weight, i) => total + weight * Number(candidate[i]), 0)
    return (11 - (sum % 11)) % 10 === Number(candidate[12]) ? 13 : 0
  },
})
