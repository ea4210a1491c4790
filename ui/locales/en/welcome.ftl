welcome-steps = Step { $at } of { $of }
welcome-back = Back
welcome-next = Next
welcome-start = Start copying
welcome-keep = Leave it empty to keep the one in use: { $servers }

welcome-hello-title = Welcome to Bomba Sync
welcome-hello-text = Bomba Sync keeps this PC and the cloud the same, so that all PCs of the shop work with the same bills, products and customers.
welcome-hello-safe = Nothing is deleted during this start. What is on one side only is copied to the other.
welcome-hello-offline = You can keep working without internet. Changes are sent when it is back.
welcome-hello-need = You need the address of the cloud. Your technician has it.

welcome-pc-title = The database on this PC
welcome-pc-text = Bomba keeps its records in a database on this PC. Which one is it?
welcome-pc-which = Found on this PC
welcome-pc-looking = Looking for it…
welcome-pc-none = No database was found on this PC.
welcome-pc-none-todo = Start Bomba and look again, or enter the address.
welcome-pc-holds = Contains: { $databases }
welcome-pc-password-badge = Asks for a password
welcome-pc-prepared = Prepared
welcome-pc-unprepared = Not prepared yet
welcome-pc-unprepared-title = This database has to be prepared once.
welcome-pc-unprepared-todo = You can go on: the test says what to do. A technician needs a few minutes for it.
welcome-pc-another = Another one: enter its address
welcome-pc-look-again = Look again
welcome-pc-address = Address of the database on this PC
welcome-pc-address-hint = It begins with mongodb:// and is kept safe on this PC.
welcome-pc-user = User name
welcome-pc-password = Password

welcome-cloud-title = The cloud
welcome-cloud-text = The address contains the password. It is kept safe on this PC and never shown again.
welcome-cloud-address = Address of the cloud
welcome-cloud-address-hint = It begins with mongodb+srv:// or mongodb://
welcome-cloud-names = Names to choose from

welcome-test-title = Test the connections
welcome-test-busy = Testing both sides. This can take half a minute…
welcome-test-again = Test again

welcome-lists-title = Choose the lists
welcome-lists-text = Each list can be copied both ways, only to the cloud, or not at all. You can change this at any time.
welcome-lists-busy = Counting the records on both sides…
welcome-lists-none = There are no lists yet on either side. New ones are copied both ways.

welcome-copy-title = The first copy
welcome-copy-running = Copying what is different…
welcome-copy-more = This can take a while. You can keep working, and even switch off the PC: copying goes on from there.
welcome-copy-done = Done. This PC and the cloud are the same.
welcome-copy-done-more = From now on every change is copied by itself.
welcome-copy-tray = The icon beside the clock shows how things stand. A click on it opens this window.
welcome-copy-open = Open Bomba Sync
welcome-copy-background = Continue in the background
