//! What is to be seen on a session's screen, which has no window manager: windows by their title, and the colour of
//! their points.

use std::io;
use std::os::unix::net::UnixStream;

use x11rb::connection::Connection;
use x11rb::errors::{ConnectError, ConnectionError, ReplyError};
use x11rb::protocol::xproto::{
    AtomEnum, ClientMessageEvent, ConnectionExt, EventMask, ImageFormat, MapState, Window,
};
use x11rb::rust_connection::{DefaultStream, RustConnection};

pub(super) const COOKIE_NAME: &[u8] = b"MIT-MAGIC-COOKIE-1";

/// Why the screen does not tell.
#[derive(Debug, thiserror::Error)]
pub enum ScreenError {
    #[error("the screen cannot be reached: {0}")]
    Io(#[from] io::Error),
    #[error("the screen lets nobody look: {0}")]
    Connect(#[from] ConnectError),
    #[error("the screen does not take a question: {0}")]
    Ask(#[from] ConnectionError),
    #[error("the screen does not answer: {0}")]
    Reply(#[from] ReplyError),
}

/// A look at the screen.
#[derive(Debug)]
pub struct Screen {
    connection: RustConnection,
    root: Window,
}

impl Screen {
    pub(super) fn connect(number: &str, cookie: &[u8]) -> Result<Screen, ScreenError> {
        let stream = UnixStream::connect(format!("/tmp/.X11-unix/X{number}"))?;
        let (stream, _peer) = DefaultStream::from_unix_stream(stream)?;
        let (name, cookie) = (COOKIE_NAME.to_vec(), cookie.to_vec());
        let connection = RustConnection::connect_to_stream_with_auth_info(stream, 0, name, cookie)?;
        let root = connection.setup().roots[0].root;
        Ok(Screen { connection, root })
    }

    /// The window with this title, if it is on the screen.
    ///
    /// # Errors
    /// The screen is gone.
    pub fn window(&self, title: &str) -> Result<Option<Window>, ScreenError> {
        for window in self.connection.query_tree(self.root)?.reply()?.children {
            match self.is_titled(window, title) {
                Ok(true) => return Ok(Some(window)),
                Ok(false) => {}
                // It went while it was looked at.
                Err(ScreenError::Reply(ReplyError::X11Error(_))) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }

    /// Closes a window as its frame's button would.
    ///
    /// # Errors
    /// The screen is gone.
    pub fn close(&self, window: Window) -> Result<(), ScreenError> {
        let [protocols, delete] = [&b"WM_PROTOCOLS"[..], b"WM_DELETE_WINDOW"].map(|name| {
            let atom = self.connection.intern_atom(false, name)?.reply()?;
            Ok::<_, ScreenError>(atom.atom)
        });
        let message = ClientMessageEvent::new(32, window, protocols?, [delete?, 0, 0, 0, 0]);
        let sent = self
            .connection
            .send_event(false, window, EventMask::NO_EVENT, message)?;
        Ok(sent.check()?)
    }

    /// The colour of a point in a window. `None`: the window is smaller, or gone.
    ///
    /// # Errors
    /// The screen is gone.
    pub fn colour(&self, window: Window, x: i16, y: i16) -> Result<Option<Vec<u8>>, ScreenError> {
        let every_plane = !0;
        let format = ImageFormat::Z_PIXMAP;
        let image = self
            .connection
            .get_image(format, window, x, y, 1, 1, every_plane)?;
        match image.reply() {
            Ok(image) => Ok(Some(image.data)),
            Err(ReplyError::X11Error(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn is_titled(&self, window: Window, title: &str) -> Result<bool, ScreenError> {
        let attributes = self.connection.get_window_attributes(window)?.reply()?;
        if attributes.map_state != MapState::VIEWABLE {
            return Ok(false);
        }
        let (name, text) = (AtomEnum::WM_NAME, AtomEnum::ANY);
        let whole = u32::MAX;
        let name = self
            .connection
            .get_property(false, window, name, text, 0, whole)?;
        Ok(name.reply()?.value == title.as_bytes())
    }
}
