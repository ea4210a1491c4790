settings-save = Save
settings-saved = Saved.
settings-saved-connections = Saved. Bomba Sync connects anew.
settings-fixed-environment = Decided by the environment variable { $variable }. It cannot be changed here.
settings-fixed-flag = Decided by a start option ({ $variable }). It cannot be changed here.

settings-connections = Connections
settings-local = The database on this PC
settings-local-new = New MongoDB address for this PC
settings-atlas = The cloud
settings-atlas-new = New MongoDB address of the cloud
settings-address-none = Not set yet
settings-address-change = Enter a new address
settings-address-keep = Keep the old one
settings-address-hint = It may contain a password. Once saved it cannot be shown again.
settings-database = Name of the database
settings-database-hint = The same name on this PC and in the cloud, such as bomba.
settings-secrets-keychain = Addresses are kept in the password store of this PC.
settings-secrets-file = Addresses are kept in a file that only you can read.
settings-test = Test the connections

settings-copying = Copying
settings-strategy = When two PCs change the same record
settings-strategy-hint = The version that loses is never lost: it is kept under Conflicts.
settings-strategy-last = The later change wins
settings-strategy-last-hint = Best for most shops.
settings-strategy-atlas = The cloud wins
settings-strategy-atlas-hint = What other PCs have already sent counts more than changes on this PC.
settings-strategy-local = This PC wins
settings-strategy-local-hint = Changes on this PC count more than those of others.
settings-bidirectional = Get changes from the cloud
settings-bidirectional-hint = Switched off, this PC only sends its changes.

settings-this-pc = This PC
settings-device-name = Name of this PC
settings-device-name-hint = The other PCs see this name.

settings-notifications = Notifications
settings-notify-conflicts = When a record was changed on two PCs
settings-notify-attention = When something needs a look
settings-notify-back = When the connection is back after a long time

settings-window = Window
settings-language = Language
settings-language-system = As the system
settings-language-en = English
settings-language-ar = العربية
settings-theme = Appearance
settings-theme-system = As the system
settings-theme-light = Light
settings-theme-dark = Dark
settings-start-at-login = Start with this PC
settings-start-at-login-hint = Bomba Sync starts when you log in and waits beside the clock.

settings-help = Help
settings-bundle-text = A report tells support how things stand on this PC. It contains no passwords and no records.
settings-bundle = Save a report for support
settings-bundle-busy = Saving the report…
settings-bundle-saved = The report is in this file. Send it to support:
settings-file = Settings file
settings-logs = Folder with the log

settings-advanced = Advanced
settings-advanced-text = These values fit nearly every shop. Change them only when support asks you to.
settings-batch-size = Changes fetched at a time
settings-batch-size-hint = More is quicker and needs more memory.
settings-reconnect-interval = Seconds before a lost connection is tried again
settings-reconnect-interval-hint = Later waits grow by themselves.
settings-reconnect-attempts = Tries before the icon asks for attention
settings-reconnect-attempts-hint = Trying goes on after that.
settings-retention = Days that the other version of a conflict is kept
settings-retention-hint = After that it is deleted.
settings-origin-cleanup = Seconds that own changes are remembered
settings-origin-cleanup-hint = It saves reading them a second time.
settings-number-wrong = A number from { $min } to { $max }, please.
