//! The part of a desktop's panel that a tray icon talks to, and the icon as a person finds and uses it there.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use tokio::sync::watch;
use zbus::zvariant::{OwnedValue, Structure, Value};
use zbus::{Connection, Proxy, connection, interface};

const WATCHER: &str = "org.kde.StatusNotifierWatcher";
const ITEM: &str = "org.kde.StatusNotifierItem";
const MENU: &str = "com.canonical.dbusmenu";

/// A program that finds no panel at its start looks again after some time.
const COMES_IN_MAX: Duration = Duration::from_secs(60);

/// Why the panel or an icon in it cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PanelError {
    #[error("the session bus: {0}")]
    Bus(#[from] zbus::Error),
    #[error("the icon tells something else than expected: {0}")]
    Told(#[from] zbus::zvariant::Error),
    #[error("no icon came")]
    Empty,
    #[error("the icon's menu has no line {0:?}, but {1:?}")]
    NoLine(String, Vec<String>),
}

/// The panel of a session.
#[derive(Debug)]
pub struct Panel {
    connection: Connection,
    newest: watch::Receiver<Option<Registered>>,
}

/// Who came in last, and when.
#[derive(Clone, Debug)]
struct Registered {
    bus_name: String,
    at: Instant,
}

/// An icon in it.
#[derive(Debug)]
pub struct TrayIcon {
    connection: Connection,
    bus_name: String,
    /// When it came in.
    pub since: Instant,
}

struct Watcher(watch::Sender<Option<Registered>>);

#[interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    fn register_status_notifier_item(&self, service: &str) {
        self.0.send_replace(Some(Registered {
            bus_name: service.to_owned(),
            at: Instant::now(),
        }));
    }

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        let newest = self.0.borrow();
        newest.iter().map(|item| item.bus_name.clone()).collect()
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

impl Panel {
    /// The panel of the session that has this bus.
    ///
    /// # Errors
    /// The bus does not let it.
    pub async fn start(bus_address: &str) -> Result<Panel, PanelError> {
        let (came, newest) = watch::channel(None);
        let connection = connection::Builder::address(bus_address)?
            .serve_at("/StatusNotifierWatcher", Watcher(came))?
            .name(WATCHER)?
            .build()
            .await?;
        Ok(Panel { connection, newest })
    }

    /// Waits for an icon.
    ///
    /// # Errors
    /// None came.
    pub async fn icon(&self) -> Result<TrayIcon, PanelError> {
        let mut newest = self.newest.clone();
        let came = newest.wait_for(Option::is_some);
        let came = tokio::time::timeout(COMES_IN_MAX, came).await;
        let came = came.map_err(|_elapsed| PanelError::Empty)?;
        let item = came.ok().and_then(|item| item.clone());
        let item = item.ok_or(PanelError::Empty)?;
        Ok(TrayIcon {
            connection: self.connection.clone(),
            bus_name: item.bus_name,
            since: item.at,
        })
    }
}

impl TrayIcon {
    /// What it is called.
    ///
    /// # Errors
    /// It does not answer.
    pub async fn title(&self) -> Result<String, PanelError> {
        Ok(self
            .proxy("/StatusNotifierItem", ITEM)
            .await?
            .get_property("Title")
            .await?)
    }

    /// A click on it.
    ///
    /// # Errors
    /// It does not answer.
    pub async fn click(&self) -> Result<(), PanelError> {
        let item = self.proxy("/StatusNotifierItem", ITEM).await?;
        Ok(item.call("Activate", &(0, 0)).await?)
    }

    /// The lines of its menu, separators left out.
    ///
    /// # Errors
    /// It does not answer.
    pub async fn menu(&self) -> Result<Vec<String>, PanelError> {
        Ok(self
            .lines()
            .await?
            .into_iter()
            .map(|(_, text)| text)
            .collect())
    }

    /// A click on a line of its menu.
    ///
    /// # Errors
    /// There is no such line.
    pub async fn choose(&self, line: &str) -> Result<(), PanelError> {
        let lines = self.lines().await?;
        let Some((id, _)) = lines.iter().find(|(_, text)| text == line) else {
            let texts = lines.into_iter().map(|(_, text)| text).collect();
            return Err(PanelError::NoLine(line.to_owned(), texts));
        };
        let menu = self.menu_proxy().await?;
        let event = (*id, "clicked", Value::from(0), 0_u32);
        Ok(menu.call("Event", &event).await?)
    }

    async fn lines(&self) -> Result<Vec<(i32, String)>, PanelError> {
        type Layout = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);
        let everything = (0, -1, Vec::<String>::new());
        let menu = self.menu_proxy().await?;
        let (_revision, root): (u32, Layout) = menu.call("GetLayout", &everything).await?;
        let mut lines = Vec::new();
        for child in root.2 {
            let (id, mut properties, _children): Layout = Structure::try_from(child)?.try_into()?;
            if let Some(label) = properties.remove("label") {
                lines.push((id, String::try_from(label)?));
            }
        }
        Ok(lines)
    }

    async fn menu_proxy(&self) -> Result<Proxy<'static>, PanelError> {
        let item = self.proxy("/StatusNotifierItem", ITEM).await?;
        let path: zbus::zvariant::OwnedObjectPath = item.get_property("Menu").await?;
        let menu = Proxy::new(&self.connection, self.bus_name.clone(), path, MENU);
        Ok(menu.await?)
    }

    async fn proxy(
        &self,
        path: &'static str,
        interface: &'static str,
    ) -> Result<Proxy<'_>, PanelError> {
        Ok(Proxy::new(&self.connection, self.bus_name.as_str(), path, interface).await?)
    }
}
