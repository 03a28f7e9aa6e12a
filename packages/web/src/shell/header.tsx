import { IconButton } from '../components/button.tsx'
import { Icon } from '../components/icon.tsx'
import { MenuItem, Popover } from '../components/popover.tsx'
import { locales } from '../messages/index.ts'
import { pageAt, pages } from '../pages/index.ts'
import { urlOf } from './base.ts'
import { locale, localeNames, setLocale, t } from './i18n.ts'
import { follow, place } from './router.ts'
import { sheetOpen } from './sheet-state.ts'
import { densities, density, theme, themeChoice, themeChoices } from './theme.ts'

function Brand() {
  return (
    <a class="brand" href={urlOf('/')} onClick={(event) => follow(event, '/logs')}>
      <svg class="brand-mark" width="20" height="20" viewBox="0 0 32 32" aria-hidden="true">
        <rect class="brand-ground" width="32" height="32" rx="7" />
        <path class="brand-lines" d="M8.5 9v14M14 9.5h10M14 16h6.5M14 22.5h8.5" />
      </svg>
      <span>{t('app.name')}</span>
    </a>
  )
}

export function Header() {
  return (
    <header class="header">
      <Brand />
      <nav class="nav" aria-label={t('nav.label')}>
        {pages.map((page) => (
          <a
            key={page.path}
            class="nav-link"
            href={urlOf(page.path)}
            aria-current={pageAt(place.value.path) === page ? 'page' : undefined}
            onClick={(event) => follow(event, page.path)}
          >
            <Icon name={page.icon} />
            {t(page.title)}
          </a>
        ))}
      </nav>
      <div class="header-tools">
        <Popover
          label={t('theme.label')}
          icon={theme.value === 'dark' ? 'moon' : 'sun'}
          align="end"
          testId="theme-menu"
        >
          {() => (
            <div class="menu">
              <h3>{t('theme.label')}</h3>
              {themeChoices.map((choice) => (
                <MenuItem
                  key={choice}
                  label={t(`theme.${choice}`)}
                  checked={themeChoice.value === choice}
                  testId={`theme-${choice}`}
                  onClick={() => {
                    themeChoice.value = choice
                  }}
                />
              ))}
              <h3>{t('density.label')}</h3>
              {densities.map((choice) => (
                <MenuItem
                  key={choice}
                  label={t(`density.${choice}`)}
                  checked={density.value === choice}
                  testId={`density-${choice}`}
                  onClick={() => {
                    density.value = choice
                  }}
                />
              ))}
            </div>
          )}
        </Popover>
        <Popover label={t('language.label')} icon="globe" align="end" testId="language-menu">
          {(close) => (
            <div class="menu">
              <h3>{t('language.label')}</h3>
              {locales.map((choice) => (
                <MenuItem
                  key={choice}
                  label={localeNames[choice]}
                  lang={choice}
                  checked={locale() === choice}
                  testId={`language-${choice}`}
                  onClick={() => {
                    void setLocale(choice)
                    close()
                  }}
                />
              ))}
            </div>
          )}
        </Popover>
        <IconButton
          icon="help"
          label={t('keys.sheet')}
          shortcut="sheet"
          testId="help"
          onClick={() => {
            sheetOpen.value = true
          }}
        />
      </div>
    </header>
  )
}
