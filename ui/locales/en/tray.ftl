# Read by the Rust side: the tray and the notifications.
tray-tooltip-starting = Bomba Sync is starting
tray-tooltip-synced = In sync
tray-tooltip-synced-now = In sync. Last change just now
tray-tooltip-synced-ago = { $minutes ->
    [one] In sync. Last change { $minutes } minute ago
   *[other] In sync. Last change { $minutes } minutes ago
}
tray-tooltip-synced-hours = { $hours ->
    [one] In sync. Last change { $hours } hour ago
   *[other] In sync. Last change { $hours } hours ago
}
tray-tooltip-syncing = { $count ->
    [0] Checking both sides
    [one] { $count } change is on its way
   *[other] { $count } changes are on their way
}
tray-tooltip-offline = Offline. Changes are sent when the connection is back
tray-tooltip-offline-waiting = { $count ->
    [one] Offline. { $count } change is only on this PC
   *[other] Offline. { $count } changes are only on this PC
}
tray-tooltip-paused = Paused. Changes wait until you resume
tray-tooltip-attention = Something needs a look. Open Bomba Sync
tray-tooltip-setup = Bomba Sync is not set up yet. Open it to begin

menu-open = Open Bomba Sync
menu-state-starting = Starting
menu-state-synced = Everything is up to date
menu-state-syncing = Copying
menu-state-offline = Offline
menu-state-paused = Paused
menu-state-attention = Needs attention
menu-state-setup = Not set up yet
menu-pause = Pause
menu-resume = Resume
menu-sync-now = Sync now
menu-conflicts = { $count ->
    [0] Conflicts
   *[other] Conflicts ({ $count })
}
menu-collections = Lists
menu-settings = Settings
menu-quit = Quit

notify-conflicts-title = A record was changed on two PCs
notify-conflicts-body = { $count ->
    [one] { $count } record has two versions. One is in use, the other is kept.
   *[other] { $count } records have two versions. One is in use, the other is kept.
}
notify-attention-title = Bomba Sync needs a look
notify-attention-body = Something is in the way. Open the window to see what to do.
notify-back-title = The connection is back
notify-back-body = { $count ->
    [0] Nothing had to be sent.
    [one] { $count } change was sent to the cloud.
   *[other] { $count } changes were sent to the cloud.
}
notify-open = Open
