//! What kind of world a seed makes, and so what may be demanded of it.

use sync_core::decide::Rule;
use sync_core::resolve::Strategy;

/// A world's circumstances.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) seed: u64,
    pub(crate) pcs: usize,
    pub(crate) keys: usize,
    pub(crate) writes: u32,
    /// Somebody writes directly on Atlas.
    pub(crate) direct: bool,
    /// Engines are killed.
    pub(crate) crashes: bool,
    /// A user acts only when all is quiet.
    pub(crate) serial: bool,
    /// Several writes fall into the same few milliseconds.
    pub(crate) dense: bool,
    /// The measured offsets of the PCs' clocks are wrong.
    pub(crate) skewed: bool,
    /// Logs are cut, documents were there before syncing began, comparisons are asked for.
    pub(crate) lost: bool,
    /// The first PC only uploads.
    pub(crate) upload_only: bool,
    pub(crate) strategy: Strategy,
    /// Streams are opened again at an earlier place.
    pub(crate) rewinds: bool,
    /// Engines forget now and then what they wrote themselves, and look at it again.
    pub(crate) forgetful: bool,
    /// Local's listener falls behind so far that times go unfenced.
    pub(crate) backlogged: bool,
    /// The inboxes have room for a single key a side.
    pub(crate) cramped: bool,
    /// The rule that is left out.
    pub(crate) lifted: Option<Rule>,
    /// Every step is printed.
    pub(crate) traced: bool,
}

impl Plan {
    /// The world of a seed.
    pub(crate) fn of(seed: u64) -> Plan {
        let mut rng = fastrand::Rng::with_seed(seed ^ 0x5eed);
        let mut chance = |percent: u8| rng.u8(..100) < percent;
        let (direct, crashes, serial, dense) = (chance(75), chance(70), chance(20), chance(25));
        let rewinds = chance(30);
        let (skewed, lost, upload_only, backlogged) =
            (chance(12), chance(15), chance(12), chance(8));
        let forgetful = chance(30);
        let strategy = match (chance(8), chance(8)) {
            (true, _) => Strategy::AtlasWins,
            (false, true) => Strategy::LocalWins,
            (false, false) => Strategy::LastWriteWins,
        };
        Plan {
            seed,
            pcs: rng.usize(2..=3),
            keys: rng.usize(1..=3),
            writes: rng.u32(5..45),
            direct,
            crashes,
            serial,
            dense,
            skewed,
            lost,
            upload_only,
            strategy,
            rewinds,
            forgetful,
            backlogged,
            // Drawn apart, so that seeds make the worlds they made before there were limits.
            cramped: fastrand::Rng::with_seed(seed ^ 0xc4a3).u8(..100) < 20,
            lifted: None,
            traced: false,
        }
    }

    /// Every PC knows every event and its time, and the later write is to win.
    pub(crate) fn is_exact(&self) -> bool {
        let fair = self.strategy == Strategy::LastWriteWins && !self.upload_only;
        fair && !self.skewed && !self.lost && !self.backlogged
    }

    /// Whether `rule` was left out.
    pub(crate) fn lifts(&self, rule: Rule) -> bool {
        self.lifted == Some(rule)
    }
}
