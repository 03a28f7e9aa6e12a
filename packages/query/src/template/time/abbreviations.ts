/**
 * Zones whose clocks have alphabetic abbreviations, grouped by these and their seconds east of UTC, as in force now (facts
 * of the IANA time zone data base, which is in the public domain). Clocks of other zones are called by their offset.
 */
const GROUPS: readonly (readonly [clocks: string, zones: string])[] = [
  ['ACDT 37800 ACST 34200', 'Australia/Adelaide Australia/Broken_Hill Australia/South Australia/Yancowinna'],
  ['ACST 34200', 'Australia/Darwin Australia/North'],
  [
    'AEDT 39600 AEST 36000',
    [
      'Antarctica/Macquarie Australia/ACT Australia/Canberra Australia/Currie Australia/Hobart',
      'Australia/Melbourne Australia/NSW Australia/Sydney Australia/Tasmania Australia/Victoria',
    ].join(' '),
  ],
  ['AEST 36000', 'Australia/Brisbane Australia/Lindeman Australia/Queensland'],
  [
    'AKST -32400 AKDT -28800',
    ['America/Anchorage America/Juneau America/Metlakatla America/Nome America/Sitka America/Yakutat US/Alaska'].join(
      ' ',
    ),
  ],
  [
    'AST -14400',
    [
      'America/Anguilla America/Antigua America/Aruba America/Barbados America/Blanc-Sablon America/Curacao',
      'America/Dominica America/Grenada America/Guadeloupe America/Kralendijk America/Lower_Princes',
      'America/Marigot America/Martinique America/Montserrat America/Port_of_Spain America/Puerto_Rico',
      'America/Santo_Domingo America/St_Barthelemy America/St_Kitts America/St_Lucia America/St_Thomas',
      'America/St_Vincent America/Tortola America/Virgin',
    ].join(' '),
  ],
  [
    'AST -14400 ADT -10800',
    [
      'America/Glace_Bay America/Goose_Bay America/Halifax America/Moncton America/Thule Atlantic/Bermuda',
      'Canada/Atlantic',
    ].join(' '),
  ],
  ['AWST 28800', 'Australia/Perth Australia/West'],
  [
    'CAT 7200',
    [
      'Africa/Blantyre Africa/Bujumbura Africa/Gaborone Africa/Harare Africa/Juba Africa/Khartoum Africa/Kigali',
      'Africa/Lubumbashi Africa/Lusaka Africa/Maputo Africa/Windhoek',
    ].join(' '),
  ],
  ['CET 3600', 'Africa/Algiers Africa/Tunis'],
  [
    'CET 3600 CEST 7200',
    [
      'Africa/Ceuta Arctic/Longyearbyen Atlantic/Jan_Mayen CET Europe/Amsterdam Europe/Andorra Europe/Belgrade',
      'Europe/Berlin Europe/Bratislava Europe/Brussels Europe/Budapest Europe/Busingen Europe/Copenhagen',
      'Europe/Gibraltar Europe/Ljubljana Europe/Luxembourg Europe/Madrid Europe/Malta Europe/Monaco Europe/Oslo',
      'Europe/Paris Europe/Podgorica Europe/Prague Europe/Rome Europe/San_Marino Europe/Sarajevo Europe/Skopje',
      'Europe/Stockholm Europe/Tirane Europe/Vaduz Europe/Vatican Europe/Vienna Europe/Warsaw Europe/Zagreb',
      'Europe/Zurich Poland',
    ].join(' '),
  ],
  ['CST -18000 CDT -14400', 'America/Havana Cuba'],
  [
    'CST -21600',
    [
      'America/Bahia_Banderas America/Belize America/Chihuahua America/Costa_Rica America/El_Salvador',
      'America/Guatemala America/Managua America/Merida America/Mexico_City America/Monterrey America/Regina',
      'America/Swift_Current America/Tegucigalpa Canada/Saskatchewan Mexico/General',
    ].join(' '),
  ],
  [
    'CST -21600 CDT -18000',
    [
      'America/Chicago America/Indiana/Knox America/Indiana/Tell_City America/Knox_IN America/Matamoros',
      'America/Menominee America/North_Dakota/Beulah America/North_Dakota/Center America/North_Dakota/New_Salem',
      'America/Ojinaga America/Rainy_River America/Rankin_Inlet America/Resolute America/Winnipeg CST6CDT',
      'Canada/Central US/Central US/Indiana-Starke',
    ].join(' '),
  ],
  [
    'CST 28800',
    ['Asia/Chongqing Asia/Chungking Asia/Harbin Asia/Macao Asia/Macau Asia/Shanghai Asia/Taipei PRC ROC'].join(' '),
  ],
  ['ChST 36000', 'Pacific/Guam Pacific/Saipan'],
  [
    'EAT 10800',
    [
      'Africa/Addis_Ababa Africa/Asmara Africa/Asmera Africa/Dar_es_Salaam Africa/Djibouti Africa/Kampala',
      'Africa/Mogadishu Africa/Nairobi Indian/Antananarivo Indian/Comoro Indian/Mayotte',
    ].join(' '),
  ],
  ['EET 7200', 'Africa/Tripoli Europe/Kaliningrad Libya'],
  [
    'EET 7200 EEST 10800',
    [
      'Africa/Cairo Asia/Beirut Asia/Famagusta Asia/Gaza Asia/Hebron Asia/Nicosia EET Egypt Europe/Athens',
      'Europe/Bucharest Europe/Chisinau Europe/Helsinki Europe/Kiev Europe/Kyiv Europe/Mariehamn Europe/Nicosia',
      'Europe/Riga Europe/Sofia Europe/Tallinn Europe/Tiraspol Europe/Uzhgorod Europe/Vilnius Europe/Zaporozhye',
    ].join(' '),
  ],
  [
    'EST -18000',
    [
      'America/Atikokan America/Cancun America/Cayman America/Coral_Harbour America/Jamaica America/Panama EST',
      'Jamaica',
    ].join(' '),
  ],
  [
    'EST -18000 EDT -14400',
    [
      'America/Detroit America/Fort_Wayne America/Grand_Turk America/Indiana/Indianapolis',
      'America/Indiana/Marengo America/Indiana/Petersburg America/Indiana/Vevay America/Indiana/Vincennes',
      'America/Indiana/Winamac America/Indianapolis America/Iqaluit America/Kentucky/Louisville',
      'America/Kentucky/Monticello America/Louisville America/Montreal America/Nassau America/New_York',
      'America/Nipigon America/Pangnirtung America/Port-au-Prince America/Thunder_Bay America/Toronto',
      'Canada/Eastern EST5EDT US/East-Indiana US/Eastern US/Michigan posixrules',
    ].join(' '),
  ],
  [
    'GMT 0',
    [
      'Africa/Abidjan Africa/Accra Africa/Bamako Africa/Banjul Africa/Bissau Africa/Conakry Africa/Dakar',
      'Africa/Freetown Africa/Lome Africa/Monrovia Africa/Nouakchott Africa/Ouagadougou Africa/Sao_Tome',
      'Africa/Timbuktu America/Danmarkshavn Atlantic/Reykjavik Atlantic/St_Helena Etc/GMT Etc/GMT+0 Etc/GMT-0',
      'Etc/GMT0 Etc/Greenwich GMT GMT+0 GMT-0 GMT0 Greenwich Iceland',
    ].join(' '),
  ],
  [
    'GMT 0 BST 3600',
    ['Europe/Belfast Europe/Guernsey Europe/Isle_of_Man Europe/Jersey Europe/London GB GB-Eire'].join(' '),
  ],
  ['GMT 0 IST 3600', 'Eire Europe/Dublin'],
  ['HKT 28800', 'Asia/Hong_Kong Hongkong'],
  ['HST -36000', 'HST Pacific/Honolulu Pacific/Johnston US/Hawaii'],
  ['HST -36000 HDT -32400', 'America/Adak America/Atka US/Aleutian'],
  ['IST 19800', 'Asia/Calcutta Asia/Kolkata'],
  ['IST 7200 IDT 10800', 'Asia/Jerusalem Asia/Tel_Aviv Israel'],
  ['JST 32400', 'Asia/Tokyo Japan'],
  ['KST 32400', 'Asia/Pyongyang Asia/Seoul ROK'],
  ['MET 3600 MEST 7200', 'MET'],
  ['MSK 10800', 'Europe/Kirov Europe/Moscow Europe/Simferopol Europe/Volgograd W-SU'],
  [
    'MST -25200',
    [
      'America/Creston America/Dawson America/Dawson_Creek America/Fort_Nelson America/Hermosillo',
      'America/Mazatlan America/Phoenix America/Whitehorse Canada/Yukon MST Mexico/BajaSur US/Arizona',
    ].join(' '),
  ],
  [
    'MST -25200 MDT -21600',
    [
      'America/Boise America/Cambridge_Bay America/Ciudad_Juarez America/Denver America/Edmonton America/Inuvik',
      'America/Shiprock America/Yellowknife Canada/Mountain MST7MDT Navajo US/Mountain',
    ].join(' '),
  ],
  ['NST -12600 NDT -9000', 'America/St_Johns Canada/Newfoundland'],
  ['NZDT 46800 NZST 43200', 'Antarctica/McMurdo Antarctica/South_Pole NZ Pacific/Auckland'],
  ['PKT 18000', 'Asia/Karachi'],
  [
    'PST -28800 PDT -25200',
    [
      'America/Ensenada America/Los_Angeles America/Santa_Isabel America/Tijuana America/Vancouver',
      'Canada/Pacific Mexico/BajaNorte PST8PDT US/Pacific',
    ].join(' '),
  ],
  ['PST 28800', 'Asia/Manila'],
  ['SAST 7200', 'Africa/Johannesburg Africa/Maseru Africa/Mbabane'],
  ['SST -39600', 'Pacific/Midway Pacific/Pago_Pago Pacific/Samoa US/Samoa'],
  ['UTC 0', 'Etc/UCT Etc/UTC Etc/Universal Etc/Zulu UCT UTC Universal Zulu'],
  [
    'WAT 3600',
    [
      'Africa/Bangui Africa/Brazzaville Africa/Douala Africa/Kinshasa Africa/Lagos Africa/Libreville',
      'Africa/Luanda Africa/Malabo Africa/Ndjamena Africa/Niamey Africa/Porto-Novo',
    ].join(' '),
  ],
  [
    'WET 0 WEST 3600',
    ['Atlantic/Canary Atlantic/Faeroe Atlantic/Faroe Atlantic/Madeira Europe/Lisbon Portugal WET'].join(' '),
  ],
  ['WIB 25200', 'Asia/Jakarta Asia/Pontianak'],
  ['WIT 32400', 'Asia/Jayapura'],
  ['WITA 28800', 'Asia/Makassar Asia/Ujung_Pandang'],
]

const clocksOfZone = new Map<string, ReadonlyMap<number, string>>()
for (const [clocks, zones] of GROUPS) {
  const words = clocks.split(' ')
  const byOffset = new Map<number, string>()
  for (let i = 0; i < words.length; i += 2) byOffset.set(Number(words[i + 1]), words[i] as string)
  for (const zone of zones.split(' ')) clocksOfZone.set(zone, byOffset)
}

/** What a zone's clock is called while it has the offset: `CET`, or `+0545` where there is no such name. */
export function abbreviationOf(zone: string, offset: number): string {
  const known = clocksOfZone.get(zone)?.get(offset)
  if (known !== undefined) return known
  // Before there were zones, clocks showed the sun's time.
  if (offset % 900 !== 0) return 'LMT'
  const minutes = Math.floor(Math.abs(offset) / 60)
  const rest = minutes % 60 === 0 ? '' : String(minutes % 60).padStart(2, '0')
  return (offset < 0 ? '-' : '+') + String(Math.floor(minutes / 60)).padStart(2, '0') + rest
}
