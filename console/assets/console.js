// The console's one script. Every page works without it; it must never decide anything, keep anything
// of a page, write mark-up from text, or call another server.
import {
  Button,
  ErrorSummary,
  ExitThisPage,
  NotificationBanner,
  PasswordInput,
  SkipLink,
  createAll,
} from 'govuk-frontend'
import { showMyKey } from './key.js'
import { unfoldForPrint } from './print.js'
import { showCheckLog } from './proof.js'
import { showSigning } from './ticket.js'
import { warnBeforeTimeout } from './timeout.js'

// GOV.UK's pages do this in an inline script, which our Content-Security-Policy forbids.
document.body.classList.add('js-enabled', 'govuk-frontend-supported')

createAll(Button, { preventDoubleClick: true })
createAll(ErrorSummary)
createAll(ExitThisPage)
createAll(NotificationBanner)
createAll(PasswordInput)
createAll(SkipLink)
unfoldForPrint()
warnBeforeTimeout(document.body.dataset)
showMyKey()
showSigning()
showCheckLog()
