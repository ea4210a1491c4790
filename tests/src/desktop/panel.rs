//! The panel of a desktop: it takes icons into its tray and shows notifications, as any panel does over the session's
//! bus, and tells what it was given.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use zbus::names::OwnedUniqueName;
use zbus::{Connection, OwnedVariant, Proxy, Variant, connection, interface, message};

use crate::eventually;

const WATCHER: &str = "org.kde.StatusNotifierWatcher";
const NOTIFICATIONS: &str = "org.freedesktop.Notifications";
const NOTIFICATIONS_PATH: &str = "/org/freedesktop/Notifications";

/// How long anything may take on a machine that is shared.
const SOON: Duration = Duration::from_secs(60);
/// Menus are numbered from zero; no menu of ours is this long.
const MENU_ITEMS_MAX: i32 = 40;

/// A notification as it was to be shown.
#[derive(Clone, Debug)]
pub struct Notice {
    id: u32,
    sender: OwnedUniqueName,
    /// What it says first.
    pub title: String,
    /// What it says below.
    pub body: String,
}

/// A line of the tray's menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    id: i32,
    /// What it says.
    pub label: String,
    /// Whether it can be chosen.
    pub enabled: bool,
}

/// What the tray shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Icon {
    /// The sentence that appears beside the pointer.
    pub tooltip: String,
    /// Width, height and pixels of each size.
    pub pictures: Vec<(i32, i32, Vec<u8>)>,
}

type Shown = Arc<Mutex<Vec<Notice>>>;
/// Who came into the tray, and when.
type Items = Arc<Mutex<Vec<(OwnedUniqueName, Instant)>>>;

/// A panel on a bus.
#[derive(Debug)]
pub struct Panel {
    connection: Connection,
    items: Items,
    shown: Shown,
}

impl Panel {
    /// # Errors
    /// The bus at this address lets nobody in, or has a panel already.
    pub async fn on(address: &str) -> zbus::Result<Panel> {
        let (items, shown) = (Items::default(), Shown::default());
        let watcher = Watcher {
            items: items.clone(),
        };
        let screen = Screen {
            shown: shown.clone(),
        };
        let connection = connection::Builder::address(address)
            .serve_at("/StatusNotifierWatcher", watcher)
            .serve_at(NOTIFICATIONS_PATH, screen)
            .name(WATCHER)
            .name(NOTIFICATIONS)
            .build()
            .await?;
        Ok(Panel {
            connection,
            items,
            shown,
        })
    }

    async fn proxy(&self, path: &'static str, interface: &'static str) -> Option<Proxy<'_>> {
        let newest = self.items.lock().expect("no holder panics").last().cloned();
        let (item, _) = newest?;
        let proxy = zbus::proxy::Builder::<Proxy<'_>>::new(&self.connection)
            .destination(item)
            .path(path)
            .interface(interface)
            .cache_properties(zbus::proxy::CacheProperties::No)
            .build();
        proxy.await.ok()
    }

    /// Waits until an icon is in the tray, and says since when.
    pub async fn came_in(&self) -> Instant {
        eventually(SOON, "an icon", async || {
            let items = self.items.lock().expect("no holder panics");
            let newest = items.last().map(|(_, since)| *since);
            newest.ok_or("the tray is empty")
        })
        .await
    }

    /// What the icon is called.
    pub async fn title(&self) -> Option<String> {
        let path = "/StatusNotifierItem";
        let item = self.proxy(path, "org.kde.StatusNotifierItem").await?;
        item.get_property("Title").await.ok()
    }

    /// A click on the icon itself.
    ///
    /// # Errors
    /// It does not answer.
    pub async fn activate(&self) -> zbus::Result<()> {
        let path = "/StatusNotifierItem";
        let item = self.proxy(path, "org.kde.StatusNotifierItem").await;
        let item = item.ok_or(zbus::Error::InterfaceNotFound)?;
        item.call("Activate", &(0_i32, 0_i32)).await
    }

    /// What the tray shows now; `None` while nothing is in it.
    pub async fn icon(&self) -> Option<Icon> {
        let item = self
            .proxy("/StatusNotifierItem", "org.kde.StatusNotifierItem")
            .await?;
        type Pictures = Vec<(i32, i32, Vec<u8>)>;
        let tooltip: (String, Pictures, String, String) =
            item.get_property("ToolTip").await.ok()?;
        let (_, _, title, text) = tooltip;
        Some(Icon {
            tooltip: if text.is_empty() { title } else { text },
            pictures: item.get_property("IconPixmap").await.ok()?,
        })
    }

    /// Waits until the tray's sentence is as wanted.
    pub async fn says(&self, what: &str, wanted: impl Fn(&str) -> bool) -> Icon {
        eventually(SOON, what, async || match self.icon().await {
            Some(icon) if wanted(&icon.tooltip) => Ok(icon),
            other => Err(format!("{:?}", other.map(|icon| icon.tooltip))),
        })
        .await
    }

    /// The lines of the tray's menu, in their order.
    pub async fn menu(&self) -> Vec<Line> {
        let Some(menu) = self.proxy("/MenuBar", "com.canonical.dbusmenu").await else {
            return Vec::new();
        };
        let ids: Vec<i32> = (1..MENU_ITEMS_MAX).collect();
        let asked = (ids, Vec::<String>::new());
        let answer: zbus::Result<Vec<(i32, HashMap<String, OwnedVariant>)>> =
            menu.call("GetGroupProperties", &asked).await;
        let lines = answer.unwrap_or_default().into_iter();
        let line = |(id, properties): (i32, HashMap<String, OwnedVariant>)| {
            let label = properties.get("label")?.downcast_ref::<String>().ok()?;
            let enabled = properties.get("enabled");
            let enabled = enabled.is_none_or(|enabled| enabled.downcast_ref::<bool>() == Ok(true));
            Some(Line { id, label, enabled })
        };
        lines.filter_map(line).collect()
    }

    /// Waits until the menu has this line, and chooses it.
    pub async fn choose(&self, label: &str) {
        let line = eventually(SOON, label, async || {
            let menu = self.menu().await;
            let found = menu.iter().find(|line| line.label == label && line.enabled);
            found.cloned().ok_or_else(|| format!("{menu:?}"))
        })
        .await;
        let menu = self.proxy("/MenuBar", "com.canonical.dbusmenu").await;
        let clicked = (line.id, "clicked", Variant::from(0_i32), 0_u32);
        let answer: zbus::Result<()> = menu.expect("it was there").call("Event", &clicked).await;
        // A program that was told to quit may do so before it answers.
        drop(answer);
    }

    /// Notifications so far.
    pub fn notices(&self) -> Vec<Notice> {
        self.shown.lock().expect("no holder panics").clone()
    }

    /// Waits for a notification with this title.
    pub async fn notice(&self, title: &str) -> Notice {
        eventually(SOON, title, async || {
            let notices = self.notices();
            let found = notices.iter().find(|notice| notice.title == title);
            found.cloned().ok_or_else(|| format!("{notices:?}"))
        })
        .await
    }

    /// Clicks on a notification.
    ///
    /// # Errors
    /// The bus is gone.
    pub async fn click(&self, notice: &Notice) -> zbus::Result<()> {
        let invoked = (notice.id, "default");
        let closed = (notice.id, 2_u32);
        self.tell(notice, "ActionInvoked", &invoked).await?;
        self.tell(notice, "NotificationClosed", &closed).await
    }

    async fn tell<B>(&self, notice: &Notice, signal: &str, body: &B) -> zbus::Result<()>
    where
        B: serde::Serialize + zbus::DynamicType,
    {
        let sender = Some(notice.sender.clone());
        let path = NOTIFICATIONS_PATH;
        self.connection
            .emit_signal(sender, path, NOTIFICATIONS, signal, body)
            .await
    }
}

#[derive(Debug)]
struct Watcher {
    items: Items,
}

#[interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    fn register_status_notifier_item(
        &mut self,
        _service: &str,
        #[zbus(header)] header: message::Header<'_>,
    ) {
        if let Some(sender) = header.sender() {
            let mut items = self.items.lock().expect("no holder panics");
            items.push((sender.to_owned().into(), Instant::now()));
        }
    }

    fn register_status_notifier_host(&self, _service: &str) {}

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        let items = self.items.lock().expect("no holder panics");
        items.iter().map(|(item, _)| item.to_string()).collect()
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }
}

#[derive(Debug)]
struct Screen {
    shown: Shown,
}

#[interface(name = "org.freedesktop.Notifications")]
impl Screen {
    #[expect(clippy::too_many_arguments, reason = "the protocol has that many")]
    fn notify(
        &mut self,
        _app_name: String,
        replaces_id: u32,
        _app_icon: String,
        summary: String,
        body: String,
        _actions: Vec<String>,
        _hints: HashMap<String, OwnedVariant>,
        _expire_timeout: i32,
        #[zbus(header)] header: message::Header<'_>,
    ) -> u32 {
        let mut shown = self.shown.lock().expect("no holder panics");
        let id = match replaces_id {
            0 => u32::try_from(shown.len()).unwrap_or(u32::MAX - 1) + 1,
            known => known,
        };
        if let Some(sender) = header.sender() {
            shown.push(Notice {
                id,
                sender: sender.to_owned().into(),
                title: summary,
                body,
            });
        }
        id
    }

    fn close_notification(&self, _id: u32) {}

    fn get_capabilities(&self) -> Vec<String> {
        vec!["body".to_owned(), "actions".to_owned()]
    }

    fn get_server_information(&self) -> (String, String, String, String) {
        let word = |text: &str| text.to_owned();
        (word("panel"), word("tests"), word("1"), word("1.2"))
    }
}
