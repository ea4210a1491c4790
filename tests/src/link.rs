//! A TCP link that fails on demand: it can be cut, reset, slowed and held half
//! open, and it counts what it carries.
//!
//! It knows nothing of MongoDB. A connection string through it must say
//! `directConnection=true` (`Mongod::uri_through` does), or the driver would
//! discover the server's own address and go around the link.

mod relay;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::{JoinHandle, JoinSet};

use self::relay::{Forgery, Pace, Shared};

/// How many connections may wait to be accepted.
const BACKLOG: u32 = 1024;

/// A link from a port of its own to a server. It lives on the runtime it was
/// made in and ends when it is dropped.
#[derive(Debug)]
pub struct Link {
    address: SocketAddr,
    shared: Shared,
    pace: watch::Sender<Pace>,
    orders: mpsc::Sender<(Order, oneshot::Sender<io::Result<()>>)>,
    keeper: JoinHandle<()>,
}

#[derive(Debug, Clone, Copy)]
enum Order {
    Cut,
    Mend,
    Reset,
}

#[derive(Debug, Default)]
struct Counters {
    connections: AtomicU64,
    to_target: AtomicU64,
    from_target: AtomicU64,
}

impl Link {
    /// Opens a link to `target`.
    pub async fn to(target: SocketAddr) -> io::Result<Self> {
        // Never listens: it keeps the port ours while the link is cut.
        let reservation = socket_on((Ipv4Addr::LOCALHOST, 0).into())?;
        let address = reservation.local_addr()?;
        let (pace, _) = watch::channel(Pace::default());
        let (orders, inbox) = mpsc::channel(1);
        let mut line = Line {
            reservation,
            target,
            shared: Shared::default(),
            pace: pace.clone(),
            listener: None,
            connections: JoinSet::new(),
            resets: watch::Sender::new(()),
        };
        line.open()?;
        let shared = line.shared.clone();
        let keeper = tokio::spawn(line.keep(inbox));
        Ok(Self {
            address,
            shared,
            pace,
            orders,
            keeper,
        })
    }

    /// Where clients connect to.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Closes all connections and refuses new ones until `mend`.
    pub async fn cut(&self) {
        self.order(Order::Cut).await;
    }

    /// As good as new: accepts, moves what was held, at full speed.
    pub async fn mend(&self) {
        self.pace.send_replace(Pace::default());
        self.order(Order::Mend).await;
    }

    /// Breaks all connections once (the peers see "connection reset"); new ones
    /// are welcome at once.
    pub async fn reset(&self) {
        self.order(Order::Reset).await;
    }

    /// Delays every byte, and lets so many through per second each way. Both
    /// hold per connection.
    pub fn slow(&self, delay: Duration, bytes_per_second: u32) {
        self.pace.send_modify(|pace| {
            pace.delay = delay;
            pace.bytes_per_second = Some(bytes_per_second);
        });
    }

    /// Accepts and keeps connections but moves no byte: the peer that has
    /// vanished without a word.
    pub fn hold(&self) {
        self.pace.send_modify(|pace| pace.held = true);
    }

    /// The next time the server sends `genuine`, in one piece and uncompressed,
    /// the client gets `forged` instead.
    ///
    /// # Panics
    /// When the two are not of one length.
    pub fn forge(&self, genuine: &[u8], forged: &[u8]) {
        assert_eq!(
            genuine.len(),
            forged.len(),
            "lengths around it must stay true"
        );
        let forgery = Forgery {
            genuine: genuine.to_vec(),
            forged: forged.to_vec(),
        };
        self.shared
            .forgeries
            .lock()
            .expect("no holder panics")
            .push(forgery);
    }

    /// Whether all that `forge` waits for has come by.
    pub fn is_forged(&self) -> bool {
        self.shared
            .forgeries
            .lock()
            .expect("no holder panics")
            .is_empty()
    }

    /// Whoever asks the server for its time is told one so much later. It says so uncompressed.
    pub fn set_clock_ahead(&self, ahead_ms: i64) {
        self.shared
            .clock_ahead_ms
            .store(ahead_ms, Ordering::Relaxed);
    }

    /// Bytes delivered to the server so far.
    pub fn bytes_to_target(&self) -> u64 {
        self.shared.counters.to_target.load(Ordering::Relaxed)
    }

    /// Bytes delivered to the clients so far.
    pub fn bytes_from_target(&self) -> u64 {
        self.shared.counters.from_target.load(Ordering::Relaxed)
    }

    /// Connections accepted so far.
    pub fn connections(&self) -> u64 {
        self.shared.counters.connections.load(Ordering::Relaxed)
    }

    async fn order(&self, order: Order) {
        let (done, wait) = oneshot::channel();
        self.orders
            .send((order, done))
            .await
            .expect("the keeper lives as long as the link");
        wait.await
            .expect("the keeper answers every order")
            .expect("a reserved port can be listened on");
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.keeper.abort();
    }
}

/// What the keeper task owns.
struct Line {
    reservation: TcpSocket,
    target: SocketAddr,
    shared: Shared,
    pace: watch::Sender<Pace>,
    listener: Option<TcpListener>,
    connections: JoinSet<()>,
    resets: watch::Sender<()>,
}

impl Line {
    /// Wakes for an order, a new connection, or the end of one.
    async fn keep(mut self, mut inbox: mpsc::Receiver<(Order, oneshot::Sender<io::Result<()>>)>) {
        loop {
            tokio::select! {
                order = inbox.recv() => {
                    let Some((order, done)) = order else { return };
                    // Whoever ordered may have been dropped since.
                    drop(done.send(self.obey(order).await));
                }
                client = accept(self.listener.as_ref()) => self.carry(client),
                Some(ended) = self.connections.join_next() => {
                    ended.expect("a relay does not panic");
                }
            }
        }
    }

    async fn obey(&mut self, order: Order) -> io::Result<()> {
        match order {
            Order::Cut => {
                self.listener = None;
                self.connections.shutdown().await;
                Ok(())
            }
            Order::Mend => self.open(),
            Order::Reset => {
                self.resets.send_replace(());
                while self.connections.join_next().await.is_some() {}
                Ok(())
            }
        }
    }

    fn open(&mut self) -> io::Result<()> {
        if self.listener.is_none() {
            let socket = socket_on(self.reservation.local_addr()?)?;
            self.listener = Some(socket.listen(BACKLOG)?);
        }
        Ok(())
    }

    fn carry(&mut self, client: TcpStream) {
        self.shared
            .counters
            .connections
            .fetch_add(1, Ordering::Relaxed);
        self.connections.spawn(relay::run(
            client,
            self.target,
            self.pace.subscribe(),
            self.resets.subscribe(),
            self.shared.clone(),
        ));
    }
}

/// The next connection; never comes while the link is cut.
async fn accept(listener: Option<&TcpListener>) -> TcpStream {
    let Some(listener) = listener else {
        return std::future::pending().await;
    };
    loop {
        // An error is about one connection that ended before it was accepted.
        if let Ok((client, _)) = listener.accept().await {
            return client;
        }
    }
}

/// Several sockets may share the port; only the one that listens is found.
fn socket_on(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.set_reuseport(true)?;
    socket.bind(address)?;
    Ok(socket)
}
