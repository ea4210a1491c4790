shell-product = Bomba Sync
shell-navigation = Pages
shell-skip = Skip to the page
shell-overview = Overview
shell-conflicts = Conflicts
shell-collections = Lists
shell-problems = Problems
shell-settings = Settings
shell-waiting = { $count ->
    [one] { $count } waiting for you
   *[other] { $count } waiting for you
}
shell-state-synced = Up to date
shell-state-syncing = Copying
shell-state-offline = Offline
shell-state-paused = Paused
shell-state-attention = Needs attention
shell-starting = Just a moment…
shell-loading = Loading…
shell-no-answer = Bomba Sync did not answer
shell-try-again = Try again
shell-cancel = Cancel
shell-close = Close
shell-technical = Details for support
shell-show-file = Show the file
shell-show-typed = Show what is typed
shell-failure-not-set-up = Nothing is set up yet.
shell-failure-bad-value = This value does not fit here.
shell-failure-no-such-place = There is no such folder or file on this PC.
shell-failure-fixed = This is decided outside of this window and cannot be changed here.
shell-failure-local-away = The database on this PC is not answering. Try again in a moment.
shell-failure-atlas-away = The cloud is not answering. Check the internet connection and try again.
shell-failure-gone = This is not there any more. Somebody may have dealt with it on another PC.
shell-failure-rules-failing = Bomba’s own checks cannot be run. Have your technician look at the folder and the file with the checks.
shell-failure-too-large = This record is too large to be shown here. Choose another one.
shell-failure-too-slow = That took too long and was stopped. Try again; if it happens again, show it to your technician.
shell-failure-storage = This PC could not save it. Is the disk full or protected?
shell-failure-other = That did not work. Try again; if it happens again, save a report for support in Settings.
