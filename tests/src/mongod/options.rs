//! What kind of server to start.

/// What the server is a part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topology {
    /// A replica set of one member, initiated, and already primary.
    ReplicaSet,
    /// Started with `--replSet` but never initiated.
    NotInitiated,
    Standalone,
}

/// The default is a replica set of one, without passwords or TLS.
#[derive(Debug, Clone)]
pub struct Options {
    pub(super) topology: Topology,
    pub(super) oplog_mb: u32,
    pub(super) auth: bool,
    pub(super) tls: bool,
    pub(super) parameters: Vec<(String, String)>,
}

impl Default for Options {
    fn default() -> Self {
        Self::replica_set()
    }
}

impl Options {
    pub fn replica_set() -> Self {
        Self::with_topology(Topology::ReplicaSet)
    }

    pub fn not_initiated() -> Self {
        Self::with_topology(Topology::NotInitiated)
    }

    pub fn standalone() -> Self {
        Self::with_topology(Topology::Standalone)
    }

    /// The size at which the oplog starts to forget, in megabytes (at least
    /// 1). It forgets lazily: write several times as much and wait.
    pub fn oplog_mb(self, oplog_mb: u32) -> Self {
        Self { oplog_mb, ..self }
    }

    /// Clients must log in. `Mongod::uri` logs in as root; more users come
    /// from `Mongod::create_user`.
    pub fn with_auth(self) -> Self {
        Self { auth: true, ..self }
    }

    /// Clients must use TLS, and the certificate is from a private authority:
    /// `Mongod::ca_file`.
    pub fn with_tls(self) -> Self {
        Self { tls: true, ..self }
    }

    /// One more `--setParameter`, e.g. `("enableTestCommands", "1")`.
    pub fn parameter(mut self, name: &str, value: &str) -> Self {
        self.parameters.push((name.to_owned(), value.to_owned()));
        self
    }

    fn with_topology(topology: Topology) -> Self {
        Self {
            topology,
            oplog_mb: 256,
            auth: false,
            tls: false,
            parameters: Vec::new(),
        }
    }
}
