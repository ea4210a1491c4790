overview-state = How things stand

overview-starting = Just a moment…
overview-starting-more = Bomba Sync is looking at both sides.
overview-synced = Everything is up to date.
overview-synced-ago = Everything is up to date. Last change: { $ago }.
overview-synced-more = There is nothing for you to do.
overview-syncing = { $count ->
    [one] { $count } change is on its way.
   *[other] { $count } changes are on their way.
}
overview-checking = Checking that both sides are the same.
overview-syncing-more = This happens by itself. You can keep working.
overview-copying = Copying: { $done } done.
overview-copying-left = Copying: { $done } done, about { $left } left.
overview-copying-more = You can keep working. If the PC is switched off, copying goes on from here.

overview-local-unreachable = The database on this PC is not running.
overview-local-password = The database on this PC does not accept the user name or password.
overview-local-rights = The database on this PC does not allow what is needed.
overview-local-certificate = The connection to the database on this PC is not trusted.
overview-local-standalone = The database on this PC has to be prepared once.
overview-local-too-old = The database on this PC is too old.
overview-local-other = The database on this PC is not answering.
overview-atlas-unreachable = Offline: the cloud cannot be reached.
overview-atlas-name-unknown = Offline: there is no internet connection.
overview-atlas-password = The cloud does not accept the user name or password.
overview-atlas-rights = The cloud does not allow this user what is needed.
overview-atlas-certificate = The connection to the cloud is not trusted.
overview-atlas-standalone = The cloud has to be prepared once.
overview-atlas-too-old = The cloud is too old.
overview-atlas-other = Offline: the cloud is not answering.
overview-offline-only-here = { $count ->
    [one] { $count } change is only on this PC. It is sent as soon as the connection is back.
   *[other] { $count } changes are only on this PC. They are sent as soon as the connection is back.
}
overview-offline-more = You can keep working. Everything is sent as soon as the connection is back.
overview-offline-local-more = Start the database or restart this PC. Nothing is lost.

overview-paused = Copying is paused.
overview-paused-upload = Copying to the cloud is paused.
overview-paused-download = Copying from the cloud is paused.
overview-paused-waiting = { $count ->
    [one] { $count } change is waiting until you resume.
   *[other] { $count } changes are waiting until you resume.
}
overview-paused-more = Nothing is lost. New changes wait until you resume.

overview-attention = Something needs a look.
overview-attention-more = Save a report in Settings and send it to support.
overview-conflicts-more = { $count ->
    [one] { $count } record was changed on two PCs. Have a look when you have time.
   *[other] { $count } records were changed on two PCs. Have a look when you have time.
}
overview-problems-more = { $count ->
    [one] { $count } change could not be copied.
   *[other] { $count } changes could not be copied.
}

overview-step-sync = Sync now
overview-step-again = Try again now
overview-step-resume = Resume
overview-step-lists = See the lists
overview-step-connection = Check the connection
overview-step-rules = See the checks in Settings
overview-step-support = Get help
overview-step-see-problems = See the problems
overview-step-conflicts = { $count ->
    [one] Look at { $count } conflict
   *[other] Look at { $count } conflicts
}
overview-step-problems = { $count ->
    [one] Look at { $count } problem
   *[other] Look at { $count } problems
}

overview-notices = What needs a look
overview-notice-dropped = The list “{ $list }” was deleted or renamed on one side.
overview-notice-dropped-all = All lists were deleted or renamed on one side.
overview-notice-dropped-todo = The other side still has everything. Compare the list again to copy it back.
overview-notice-unauthorized-local = The database on this PC does not let Bomba Sync in.
overview-notice-unauthorized-atlas = The cloud does not let Bomba Sync in.
overview-notice-unauthorized-todo = The user name or the password may have changed. Enter the address again in Settings.
overview-notice-reconnect-local = The database on this PC has not answered for a while.
overview-notice-reconnect-local-todo = Start the database or restart this PC. Nothing is lost.
overview-notice-reconnect-atlas = The cloud has not answered for a while.
overview-notice-reconnect-atlas-todo = Check the internet connection. Changes stay safe on this PC until it is back.
overview-notice-standalone = The database on this PC has to be prepared once.
overview-notice-standalone-todo = The test in Settings says what to do. A technician needs a few minutes for it.
overview-notice-too-old-todo = It has to be updated to a newer version. The test in Settings says to which.
overview-notice-broken = A fault stopped the sync. It is being started again by itself.
overview-notice-broken-todo = Nothing is lost. If this stays or comes back, save a report in Settings and send it to support.
overview-notice-not-started = The sync could not start.
overview-notice-not-started-todo = Check the connection in Settings. Until it runs, changes stay on this PC.
overview-notice-not-writing-local = Changes cannot be written on this PC at the moment.
overview-notice-not-writing-local-todo = They are safe in the cloud and are tried again. Is the disk of this PC full?
overview-notice-not-writing-atlas = Changes cannot be written to the cloud at the moment.
overview-notice-not-writing-atlas-todo = They are safe on this PC and are tried again. If this stays, the cloud may be full.
overview-notice-rules = Bomba’s own checks cannot be run.
overview-notice-rules-todo = Records from the cloud wait until they run again; nothing is lost. See whether the folder and the file in Settings are right. If they are, show the details to your technician.
overview-notice-clock = The clock of this PC is wrong.
overview-notice-clock-todo = Set date and time right, so that the latest change can win.
overview-notice-quarantine = { $count ->
    [one] { $count } change could not be copied.
   *[other] { $count } changes could not be copied.
}
overview-notice-quarantine-todo = They are kept safe. See why, and try again.
overview-notice-mass-deletion = { $count ->
    [0] Many records of “{ $list }” were deleted at once.
    [one] { $count } record of “{ $list }” was deleted.
   *[other] { $count } records of “{ $list }” were deleted at once.
}
overview-notice-mass-deletion-todo = Nothing was deleted on the other side yet. Say whether it was meant.
overview-notice-vault = { $count ->
    [one] { $count } conflict waits: the other version cannot be kept on this PC.
   *[other] { $count } conflicts wait: the other versions cannot be kept on this PC.
}
overview-notice-vault-todo = Nothing is overwritten until they can be kept. Save a report in Settings and send it to support.

overview-progress = Copying
overview-progress-count = { $done } of { $total } records
overview-progress-rate = { $rate } per second
overview-progress-left = about { $left } left

overview-upload = This PC to the cloud
overview-download = The cloud to this PC
overview-link-connected = Connected
overview-link-paused = Paused
overview-link-off = Switched off
overview-link-no-pc = This PC’s database is not answering
overview-link-no-cloud = Cloud not reachable
overview-waiting = { $count ->
    [one] { $count } change waiting
   *[other] { $count } changes waiting
}
overview-oldest = oldest: { $age }
overview-nothing-waits = Nothing is waiting
overview-rate = Changes per second, last 10 minutes
overview-chart = { $latest ->
    [0] Nothing is being copied at the moment. At most { $highest } changes a second in the last 10 minutes.
    [one] { $latest } change in the last second. At most { $highest } a second in the last 10 minutes.
   *[other] { $latest } changes in the last second. At most { $highest } a second in the last 10 minutes.
}
overview-copied = Copied
overview-failed = Not copied
overview-conflicts = Conflicts
overview-average = Average time
overview-seconds = { NUMBER($seconds, maximumFractionDigits: 2) } s
overview-pause-upload = Pause sending
overview-resume-upload = Resume sending
overview-pause-download = Pause receiving
overview-resume-download = Resume receiving
overview-download-off = Changes from the cloud do not come to this PC. You can change that in Settings.

overview-others = The other PCs
overview-others-none = No other PC has joined yet.
overview-others-away = The other PCs are shown when the cloud can be reached.
overview-others-name = Name
overview-others-seen = Last seen
overview-others-waiting = Not sent yet
overview-others-now = Connected
overview-others-last = { $ago }
overview-others-clock = Its clock is wrong
overview-others-pending = { $count ->
    [one] { $count } change
   *[other] { $count } changes
}
overview-others-nothing = Nothing
